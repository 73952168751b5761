namespace CircuitSpecs.Statistics;

/// <summary>What a permutation test found.</summary>
/// <param name="Statistic">The observed value.</param>
/// <param name="Hits">Permutations at least as extreme as it.</param>
/// <param name="Permutations">How many there were.</param>
/// <param name="IsExact">Whether these were all there are; otherwise they are a random selection.</param>
public readonly record struct PermutationResult(double Statistic, int Hits, int Permutations, bool IsExact)
{
    /// <summary>Hits / permutations of an exact test; (1 + hits) / (1 + permutations) of a random selection, so never 0.</summary>
    public double P => IsExact ? (double)Hits / Permutations : (1.0 + Hits) / (1.0 + Permutations);
}
