namespace CircuitSpecs.Models.Compiled;

/// <summary>Divides the residual stream of a compiled model among its features, so that what one component writes is read by those alone that are meant to.</summary>
internal sealed class ResidualLayout
{
    /// <summary>The dimensions given out so far; in the end <c>d_model</c>.</summary>
    public int Width { get; private set; }

    /// <summary>Gives out the next dimensions.</summary>
    /// <param name="size">How many.</param>
    public Subspace Add(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var added = new Subspace(Width, size);
        Width += size;
        return added;
    }
}
