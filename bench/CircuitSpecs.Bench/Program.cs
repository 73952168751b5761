using BenchmarkDotNet.Running;
using CircuitSpecs.Bench.Comparison;

switch (args)
{
    case ["compare", .. string[] rest]:
        ComparisonWorker.Run(rest is [string folder] ? folder : null);
        break;
    case ["first-logits", string model]:
        FirstLogits.Run(model);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ComparisonWorker).Assembly).Run(args);
        break;
}
