namespace CircuitSpecs.Statistics;

/// <summary>
/// Area under the ROC curve: the chance that a random positive scores higher than a random negative, ties counting half
/// (Hanley and McNeil 1982). One half is chance.
/// </summary>
public static class Auroc
{
    /// <summary>Of labels and scores.</summary>
    /// <param name="labels">True for positives; both kinds have to occur.</param>
    /// <param name="scores">One per label.</param>
    /// <exception cref="ArgumentException">Different lengths, only one kind of label, or a score that is not finite.</exception>
    public static double Of(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        return labels.Count == scores.Count
            ? Of([.. scores.Where((_, index) => labels[index])], [.. scores.Where((_, index) => !labels[index])])
            : throw new ArgumentException($"There are {labels.Count} labels and {scores.Count} scores; every score needs one.", nameof(scores));
    }

    /// <summary>Of the scores of both kinds.</summary>
    /// <param name="positives">At least one score.</param>
    /// <param name="negatives">At least one score.</param>
    /// <exception cref="ArgumentException">A kind that does not occur, or a score that is not finite.</exception>
    public static double Of(IReadOnlyList<double> positives, IReadOnlyList<double> negatives)
    {
        double[] higher = Samples.Finite(positives, 1, nameof(positives));
        double[] lower = Samples.Finite(negatives, 1, nameof(negatives));
        double ranks = SampleStatistic.MidRanks([.. higher, .. lower]).Take(higher.Length).Sum();
        return (ranks - (higher.Length * (higher.Length + 1.0) / 2)) / ((double)higher.Length * lower.Length);
    }
}
