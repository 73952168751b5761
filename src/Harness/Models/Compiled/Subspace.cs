namespace CircuitSpecs.Models.Compiled;

/// <summary>Neighbouring dimensions of the residual stream that carry one feature of a compiled model.</summary>
/// <param name="Start">The first dimension.</param>
/// <param name="Size">How many there are.</param>
internal readonly record struct Subspace(int Start, int Size)
{
    /// <summary>A dimension of the residual stream.</summary>
    /// <param name="index">Its place in this subspace, from 0.</param>
    public int this[int index] => index >= 0 && index < Size
        ? Start + index
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"The subspace has {Size} dimensions.");
}
