using System.Diagnostics;
using System.Globalization;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Bench.Comparison;

/// <summary>What a process does to get its first logits: load the model, run one prompt, read the likeliest token.</summary>
internal static class FirstLogits
{
    /// <summary>Prints the token, and to the error stream what it took: seconds since the process was started, and the most memory it held.</summary>
    /// <param name="folder">The model's folder.</param>
    public static void Run(string folder)
    {
        using ModelWeights weights = ModelLoader.Load(folder);
        double loaded = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds;
        using var model = new HookedTransformer(weights);
        using Tensor tokens = ComparedWork.Tokens(1, 15, weights.Config.Vocabulary);
        using Tensor last = full([1, 1], 14, ScalarType.Int64);
        using Tensor logits = model.Forward(tokens, new ForwardOptions { LogitsAt = last });
        using Tensor token = logits.argmax(-1);
        Console.WriteLine(token.item<long>().ToString(CultureInfo.InvariantCulture));
        using var process = Process.GetCurrentProcess();
        double seconds = (DateTime.Now - process.StartTime).TotalSeconds;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} s (loading until {loaded:F2} s), {process.PeakWorkingSet64 / 1e6:F0} MB at most"));
    }
}
