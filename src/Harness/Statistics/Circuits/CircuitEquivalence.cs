using System.Globalization;

namespace CircuitSpecs.Statistics;

/// <summary>
/// Does the circuit win against the full model as often as it loses (Shi et al. 2024, equivalence)? With W the number of
/// prompts on which the circuit scores higher, the paper's null hypothesis is |P(circuit higher) − ½| &lt; ε, with
/// p = P(X ≤ min(W, n − W)) + P(X ≥ max(W, n − W)), X ~ Binomial(n, ½ + ε). Equivalence is <i>supported</i> by the reverse
/// (TOST): both P ≥ ½ + ε and P ≤ ½ − ε rejected. A tie counts half for either side, rounded against the conclusion.
/// It compares ranks: a circuit can win half of the prompts with large errors both ways, so state <see cref="Equivalence"/>
/// of the mean difference beside it.
/// </summary>
public static class CircuitEquivalence
{
    /// <summary>Tests the scores of circuit and model.</summary>
    /// <param name="circuit">The circuit's score on each prompt, for example its logit difference with everything else ablated.</param>
    /// <param name="model">The full model's, on the same prompts.</param>
    /// <param name="margin">ε, above 0 and below ½; .1 in the paper.</param>
    /// <param name="level">α.</param>
    /// <param name="tie">Differences up to this size are ties, for example rounding noise.</param>
    /// <exception cref="ArgumentException">Different numbers of prompts, fewer than two, ratios, or a score that is not finite.</exception>
    public static CircuitTestResult Test(PerPrompt circuit, PerPrompt model, double margin = 0.1, double level = 0.05, double tie = 0)
    {
        Samples.MustBeInside(2 * margin, nameof(margin));
        Samples.MustBeInside(level, nameof(level));
        ArgumentOutOfRangeException.ThrowIfNegative(tie);
        (double[] first, double[] second) = Samples.Paired(Samples.Scores(circuit, 2, nameof(circuit)), Samples.Scores(model, 2, nameof(model)), 2, nameof(circuit), nameof(model));
        int n = first.Length;
        int wins = first.Where((score, prompt) => score - second[prompt] > tie).Count();
        int losses = first.Where((score, prompt) => second[prompt] - score > tie).Count();
        int ties = n - wins - losses;

        int up = wins + ((ties + 1) / 2);
        int down = wins + (ties / 2);
        double published = TwoTails(Math.Min(up, n - down), n, margin);
        double above = BinomialTest.P(up, n, 0.5 + margin, Alternative.Less);
        double below = BinomialTest.P(down, n, 0.5 - margin, Alternative.Greater);
        double supported = Math.Max(above, below);
        string summary = string.Create(CultureInfo.InvariantCulture, $"the circuit scores higher on {wins} of {n} prompts, lower on {losses}, equal on {ties}; equivalence within ±{margin}: p = {supported:G3}, difference: p = {published:G3}");
        int fewest = FewestPrompts(margin, level);
        return new CircuitTestResult(
            "equivalence",
            string.Create(CultureInfo.InvariantCulture, $"|P(circuit scores higher) − 1/2| < {margin}"),
            wins + (0.5 * ties),
            published,
            supported,
            published,
            level,
            published > level,
            n < fewest ? summary + $"; it takes at least {fewest} prompts before any outcome shows equivalence" : summary);
    }

    /// <summary>The fewest prompts at which equivalence can be supported at all: 76 for ε = .1 and 20 for ε = .2 at α = .05.</summary>
    /// <param name="margin">ε.</param>
    /// <param name="level">α.</param>
    public static int FewestPrompts(double margin = 0.1, double level = 0.05)
    {
        Samples.MustBeInside(2 * margin, nameof(margin));

        // Even and odd n differ by the rounding of n / 2; taken in pairs, more is better.
        int pair = SampleSize.Fewest(1, half => Suffices(2 * half) || Suffices((2 * half) + 1));
        return Suffices(2 * pair) ? 2 * pair : (2 * pair) + 1;

        bool Suffices(int n) => Math.Max(BinomialTest.P(n / 2, n, 0.5 + margin, Alternative.Less), BinomialTest.P(n / 2, n, 0.5 - margin, Alternative.Greater)) <= level;
    }

    /// <summary>The chance that equivalence is supported where the circuit truly wins at a rate.</summary>
    /// <param name="prompts">n.</param>
    /// <param name="margin">ε.</param>
    /// <param name="level">α.</param>
    /// <param name="rate">The true rate; ½ for a circuit that is equivalent.</param>
    public static double Power(int prompts, double margin = 0.1, double level = 0.05, double rate = 0.5)
    {
        Samples.MustBeInside(2 * margin, nameof(margin));
        return Enumerable.Range(0, prompts + 1)
            .Where(wins => BinomialTest.P(wins, prompts, 0.5 + margin, Alternative.Less) <= level && BinomialTest.P(wins, prompts, 0.5 - margin, Alternative.Greater) <= level)
            .Sum(wins => Math.Exp(BinomialTest.LogProbability(wins, prompts, rate)));
    }

    /// <summary>The paper's p where the rarer side has <paramref name="fewer"/> prompts.</summary>
    internal static double TwoTails(int fewer, int n, double margin) =>
        Math.Min(1, Math.Exp(BinomialTest.LogAtMost(fewer, n, 0.5 + margin)) + Math.Exp(BinomialTest.LogAtLeast(n - fewer, n, 0.5 + margin)));
}
