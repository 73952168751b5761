using System.Globalization;
using BenchmarkDotNet.Running;
using CircuitSpecs.Bench;
using CircuitSpecs.Bench.Comparison;
using CircuitSpecs.Bench.Sweeps;

switch (args)
{
    case ["compare", .. string[] rest]:
        ComparisonWorker.Run(rest is [string folder] ? folder : null);
        break;
    case ["sweeps", string shaped, string threads]:
        SweepWorker.Run(shaped, int.Parse(threads, CultureInfo.InvariantCulture));
        break;
    case ["first-logits", string model]:
        FirstLogits.Run(model);
        break;
    case ["streaming", "make", string target, string layers]:
        Streaming.Make(target, int.Parse(layers, CultureInfo.InvariantCulture));
        break;
    case ["streaming", "run", string source]:
        Streaming.Run(source);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ComparisonWorker).Assembly).Run(args);
        break;
}
