using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Discovery;

/// <summary>Random models of every shape that edges and gradients have to know about; two layers where more would only take longer, since every edge is run by itself.</summary>
internal static class SmallModels
{
    public static IEnumerable<string> Names => ["gpt2", "grouped", "parallel", "attention-only", "post-norms"];

    /// <summary>The model of a name.</summary>
    public static HookedTransformer Create(string name) => SmallTransformer.Create(config: name switch
    {
        "gpt2" => SmallTransformer.Config,
        "grouped" => SmallTransformer.Grouped with { Layers = 2, AttentionDivisor = [2, 2] },
        "parallel" => SmallTransformer.Parallel,
        "attention-only" => SmallTransformer.Config with { AttentionOnly = true },
        "post-norms" => SmallTransformer.PostNormed with { Layers = 2, AttentionDivisor = [2, 2], AttentionWindow = [3, null] },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such small model."),
    });
}
