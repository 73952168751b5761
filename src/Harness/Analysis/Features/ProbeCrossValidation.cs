using System.Collections.Immutable;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Analysis;

/// <summary>A probe judged on rows that it was not fitted on: every row is scored by the probe of the other folds, which standardises by them too.</summary>
/// <param name="Scores">w·x + b of each row, in the order given.</param>
/// <param name="Correct">1 for each row that its probe gets right, else 0: its mean is the accuracy, its bootstrap interval is over rows.</param>
/// <param name="FoldOf">The fold of each row.</param>
/// <param name="Auroc">Of the scores, over all rows. Probes of different folds are compared with each other in it.</param>
public sealed record ProbeCrossValidation(ImmutableArray<double> Scores, PerPrompt Correct, ImmutableArray<int> FoldOf, double Auroc)
{
    /// <summary>The share of rows that are right.</summary>
    public double Accuracy => Correct.Value;

    /// <summary>The accuracy within each fold.</summary>
    public ImmutableArray<double> FoldAccuracies => [.. Enumerable.Range(0, FoldOf.Max() + 1).Select(fold => Correct.Numerators.Where((_, row) => FoldOf[row] == fold).Average())];

    /// <summary>Judges a probe.</summary>
    /// <param name="features">[row][feature].</param>
    /// <param name="labels">One per row.</param>
    /// <param name="folds">How many parts, at least 2; each kind of label has to occur that often.</param>
    /// <param name="c">C of <see cref="LinearProbe.Fit"/>.</param>
    /// <param name="seed">Decides which rows go together.</param>
    /// <param name="groups">
    /// Rows of one group stay in one fold, for example prompts about one noun: otherwise a probe can pass by knowing the noun. Null puts every row
    /// by itself, each fold with its share of both labels.
    /// </param>
    /// <exception cref="ArgumentException">Lengths differ, too few rows or groups, or a fold whose other folds hold one label only.</exception>
    public static ProbeCrossValidation Of(IReadOnlyList<double[]> features, IReadOnlyList<bool> labels, int folds = 5, double c = 1, int seed = 0, IReadOnlyList<string>? groups = null)
    {
        LinearProbe.Check(features, labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        int[] foldOf = groups is null ? Stratified(labels, folds, seed) : Grouped(labels.Count, groups, folds, seed);
        double[] scores = new double[labels.Count];
        for (int fold = 0; fold < folds; fold++)
        {
            int[] training = [.. Enumerable.Range(0, labels.Count).Where(row => foldOf[row] != fold)];
            if (!training.Any(row => labels[row]) || training.All(row => labels[row]))
            {
                throw new ArgumentException($"Without fold {fold} all rows have one label: take fewer folds, or groups that hold both kinds.", nameof(groups));
            }

            LinearProbe probe = LinearProbe.Fit([.. training.Select(row => features[row])], [.. training.Select(row => labels[row])], c);
            for (int row = 0; row < scores.Length; row++)
            {
                scores[row] = foldOf[row] == fold ? probe.Score(features[row]) : scores[row];
            }
        }

        return new ProbeCrossValidation([.. scores], new PerPrompt(scores.Zip(labels, (score, label) => score > 0 == label ? 1.0 : 0)), [.. foldOf], CircuitSpecs.Statistics.Auroc.Of(labels, scores));
    }

    private static int[] Stratified(IReadOnlyList<bool> labels, int folds, int seed)
    {
        int[] foldOf = new int[labels.Count];
        int next = 0;
        foreach (bool kind in new[] { true, false })
        {
            int[] rows = [.. Enumerable.Range(0, labels.Count).Where(row => labels[row] == kind)];
            if (rows.Length < folds)
            {
                throw new ArgumentException($"{folds} folds need at least {folds} rows of each label; {rows.Length} are {kind}. Take fewer folds or more rows.", nameof(folds));
            }

            SeededRandom.For(seed, $"folds of {kind}").Shuffle(rows.AsSpan());
            foreach (int row in rows)
            {
                foldOf[row] = next++ % folds;
            }
        }

        return foldOf;
    }

    private static int[] Grouped(int count, IReadOnlyList<string> groups, int folds, int seed)
    {
        if (groups.Count != count)
        {
            throw new ArgumentException($"There are {count} rows and {groups.Count} group names; every row needs one.", nameof(groups));
        }

        string[] names = [.. groups.Distinct().Order(StringComparer.Ordinal)];
        if (names.Length < folds)
        {
            throw new ArgumentException($"{folds} folds need at least {folds} groups; there are {names.Length}. Take fewer folds or more groups.", nameof(folds));
        }

        SeededRandom.For(seed, "folds of groups").Shuffle(names.AsSpan());
        var foldOf = names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index % folds);
        return [.. groups.Select(name => foldOf[name])];
    }
}
