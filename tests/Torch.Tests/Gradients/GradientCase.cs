using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Gradients;

/// <summary>A function whose derivative is checked, and what its inputs have to be like.</summary>
internal sealed record GradientCase(string Name, Func<Tensor[], Random, Tensor> Function)
{
    /// <summary>The operation that the case is about: the name up to the first blank.</summary>
    public string Operation => Name.Split(' ')[0];

    public int Inputs { get; init; } = 1;

    public int MinRank { get; init; }

    public int MaxRank { get; init; } = 3;

    public double Low { get; init; } = -2;

    public double High { get; init; } = 2;

    public bool Broadcast { get; init; }

    public bool NoEmpty { get; init; }

    /// <summary>No two elements are alike, not even of an expanded dimension: the function has no derivative at ties.</summary>
    public bool Distinct { get; init; }

    public int SecondAtLeast { get; init; }

    public override string ToString() => Name;
}
