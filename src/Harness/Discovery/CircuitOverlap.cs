namespace CircuitSpecs.Discovery;

/// <summary>How far the edges of a found circuit are those of a known one.</summary>
/// <param name="TruePositives">Edges of both.</param>
/// <param name="FalsePositives">Edges that were found and are not known.</param>
/// <param name="FalseNegatives">Edges that are known and were not found.</param>
/// <param name="TrueNegatives">Edges of neither.</param>
public sealed record CircuitOverlap(int TruePositives, int FalsePositives, int FalseNegatives, int TrueNegatives)
{
    /// <summary>The share of found edges that are known; 0 where none was found.</summary>
    public double Precision => TruePositives + FalsePositives == 0 ? 0 : TruePositives / (double)(TruePositives + FalsePositives);

    /// <summary>The share of known edges that were found (true positive rate).</summary>
    public double Recall => TruePositives / (double)(TruePositives + FalseNegatives);

    /// <summary>The share of other edges that were found (false positive rate); 0 where every edge is known.</summary>
    public double FalsePositiveRate => FalsePositives + TrueNegatives == 0 ? 0 : FalsePositives / (double)(FalsePositives + TrueNegatives);

    /// <summary>The harmonic mean of precision and recall; 0 where nothing was right.</summary>
    public double F1 => 2.0 * TruePositives / ((2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>Compares two circuits edge by edge.</summary>
    /// <param name="found">What a method found.</param>
    /// <param name="known">What is known to be right; at least one edge.</param>
    /// <exception cref="ArgumentException">The known circuit is empty, or the two are of different graphs.</exception>
    public static CircuitOverlap Of(Circuit found, Circuit known)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(known);
        if (known.IsEmpty)
        {
            throw new ArgumentException("The known circuit is empty: there is nothing to find in it.", nameof(known));
        }

        int both = found.Intersect(known).Count;
        return new CircuitOverlap(both, found.Count - both, known.Count - both, found.Graph.Edges.Length - found.Union(known).Count);
    }
}
