using System.Collections.Immutable;
using static TorchSharp.torch;

namespace CircuitSpecs.Models.Architectures;

/// <summary>A tensor that a checkpoint of some architecture holds, and the parameters that it becomes.</summary>
public sealed record TensorMapping
{
    /// <summary>Its name in the checkpoint, as <see cref="IArchitecture.CanonicalKey"/> spells it.</summary>
    public required string Key { get; init; }

    /// <summary>The shape that the configuration asks for.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>The names of the parameters that <see cref="Convert"/> makes.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>
    /// Makes parameters under TransformerLens's names from the stored tensor, which is float32 and of <see cref="Shape"/>. The results may be views of it.
    /// </summary>
    public required Func<Tensor, IEnumerable<(string Name, Tensor Value)>> Convert { get; init; }

    /// <summary>The smallest scope that needs it.</summary>
    public required WeightScope Scope { get; init; }

    /// <summary>The key of which this one repeats the values, if it is stored at all: a tied unembedding. Nothing is made from it.</summary>
    public string? CopyOf { get; init; }
}
