using System.Globalization;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>One thing that a sweep changes: a head of a layer or all of it, at one position or at all.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Head">The head (of keys and values, where those have fewer heads); null where the sweep goes over whole layers.</param>
/// <param name="At">The position; null where the sweep goes over all positions at once.</param>
public sealed record SweepCell(int Layer, int? Head = null, Position? At = null)
{
    /// <summary><c>3.1 at END</c>.</summary>
    public override string ToString()
    {
        string what = Head is int head ? string.Create(CultureInfo.InvariantCulture, $"{Layer}.{head}") : Layer.ToString(CultureInfo.InvariantCulture);
        return At is null ? what : $"{what} at {At}";
    }
}
