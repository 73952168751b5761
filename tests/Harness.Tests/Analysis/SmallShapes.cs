using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Random models of every kind of shape that an analysis of what is written, or of weights, has to get right.</summary>
internal static class SmallShapes
{
    /// <summary>For <c>TestCaseSource</c>: their names.</summary>
    public static IEnumerable<string> Names => ["gpt2", "llama", "gpt_neox", "gemma2", "attention alone"];

    /// <summary>The model of a name.</summary>
    public static HookedTransformer Create(string name) => SmallTransformer.Create(config: name switch
    {
        "gpt2" => SmallTransformer.Config,
        "llama" => SmallTransformer.Grouped,
        "gpt_neox" => SmallTransformer.Parallel,
        "gemma2" => SmallTransformer.PostNormed,
        "attention alone" => SmallTransformer.Config with { AttentionOnly = true, Norm = NormKind.None },
        _ => throw new NotSupportedException($"There is no shape '{name}'."),
    });
}
