using System.Globalization;

namespace CircuitSpecs.Statistics;

/// <summary>What the tests against random circuits share.</summary>
internal static class CircuitScores
{
    public static double Distance(PerPrompt left, PerPrompt right, ScoreDistance distance, string leftName, string rightName)
    {
        (double[] first, double[] second) = Samples.Paired(Samples.Scores(left, 1, leftName), Samples.Scores(right, 1, rightName), 1, leftName, rightName);
        IEnumerable<double> differences = first.Zip(second, (a, b) => a - b);
        return distance switch
        {
            ScoreDistance.MeanAbsolute => differences.Average(Math.Abs),
            ScoreDistance.MeanSquared => differences.Average(difference => difference * difference),
            ScoreDistance.BetweenMeans => Math.Abs(differences.Average()),
            _ => throw new ArgumentOutOfRangeException(nameof(distance), distance, "No such distance."),
        };
    }

    public static void CheckDraws(int draws, double quantile, double level, string name)
    {
        Samples.MustBeInside(quantile, nameof(quantile));
        Samples.MustBeInside(level, nameof(level));
        if (draws == 0)
        {
            throw new ArgumentException($"'{name}' is empty: draw random circuits, at least {FewestDraws(quantile, level)} for the test to be able to support anything.", name);
        }
    }

    /// <summary>The least N with qᴺ ≤ α.</summary>
    public static int FewestDraws(double quantile, double level) => SampleSize.Fewest(1, draws => BinomialTest.P(draws, draws, quantile, Alternative.Greater) <= level);

    /// <summary>Whether the circuit beats more than the share q* of random circuits: the paper rejects P(beats) ≤ q*.</summary>
    public static CircuitTestResult AgainstRandom(string name, string hypothesis, string beats, int wins, int draws, double quantile, double level, double value)
    {
        double atLeast = BinomialTest.P(wins, draws, quantile, Alternative.Greater);
        int fewest = FewestDraws(quantile, level);
        string summary = string.Create(CultureInfo.InvariantCulture, $"the circuit ({value:G4}) {beats} {wins} of {draws} random circuits; more than {quantile:P0}: p = {atLeast:G3}");
        return new CircuitTestResult(
            name,
            hypothesis,
            wins,
            atLeast,
            atLeast,
            BinomialTest.P(wins, draws, quantile, Alternative.Less),
            level,
            atLeast <= level,
            draws < fewest ? summary + $"; with fewer than {fewest} random circuits not even all of them suffice" : summary);
    }
}
