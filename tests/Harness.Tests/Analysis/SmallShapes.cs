using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Random models of every kind of shape that an analysis of what is written, or of weights, has to get right.</summary>
internal static class SmallShapes
{
    /// <summary>For <c>TestCaseSource</c>: their names.</summary>
    public static IEnumerable<string> Names => ["gpt2", "llama", "gpt_neox", "gemma2", "attention alone"];

    /// <summary>The model of a name.</summary>
    public static HookedTransformer Create(string name) => name switch
    {
        "gpt2" => SmallTransformer.Create(),
        "llama" => SmallTransformer.Create(null, SmallTransformer.Grouped),
        "gpt_neox" => SmallTransformer.Create(null, SmallTransformer.Parallel),

        // Norms after attention and MLP, bounded scores and logits.
        "gemma2" => SmallTransformer.Create(
            parameters =>
            {
                for (int layer = 0; layer < SmallTransformer.Grouped.Layers; layer++)
                {
                    parameters[$"blocks.{layer}.ln1_post.w"] = (arange(12).to(ScalarType.Float32) / 10) + 0.5;
                    parameters[$"blocks.{layer}.ln2_post.w"] = 1.5 - (arange(12).to(ScalarType.Float32) / 10);
                }
            },
            SmallTransformer.Grouped with { PostNorms = true, AttentionSoftCap = 5, LogitSoftCap = 3, AttentionWindow = [3, null, 3] }),
        "attention alone" => SmallTransformer.Create(
            parameters =>
            {
                foreach (string name in parameters.Keys.Where(name => name.Contains("ln", StringComparison.Ordinal) || name.Contains("mlp", StringComparison.Ordinal)).ToArray())
                {
                    parameters.Remove(name);
                }
            },
            SmallTransformer.Config with { AttentionOnly = true, Norm = NormKind.None }),
        _ => throw new NotSupportedException($"There is no shape '{name}'."),
    };
}
