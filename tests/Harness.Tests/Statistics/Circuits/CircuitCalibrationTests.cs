using CircuitSpecs.Claims;
using CircuitSpecs.Statistics;
using static CircuitSpecs.Tests.Statistics.NullRuns;

namespace CircuitSpecs.Tests.Statistics.Circuits;

/// <summary>
/// 1,000 seeded runs for each of the circuit tests with the truth exactly on the edge of the null hypothesis. A test on
/// counts cannot reject at .05 exactly; the rate that it should have is added up over the outcomes, and lies below .05.
/// </summary>
public class CircuitCalibrationTests
{
    private const double Level = 0.05;
    private const int Prompts = 100;
    private const int Draws = 100;
    private const double Quantile = 0.9;

    [Test]
    public void Published_equivalence_is_rejected_at_the_level_where_the_circuit_wins_at_the_margin()
    {
        double size = Size(Prompts, 0.6, wins => CircuitEquivalence.TwoTails(Math.Min(wins, Prompts - wins), Prompts, 0.1));
        size.Should().BeInRange(0.02, Level);
        Rejections((random, _) => Equivalence(random, 0.6).P).ShouldRejectAt(size);
    }

    [TestCase(0.6)]
    [TestCase(0.4)]
    public void Equivalence_is_supported_at_the_level_where_the_circuit_wins_at_the_margin(double rate)
    {
        double size = CircuitEquivalence.Power(Prompts, rate: rate);
        size.Should().BeInRange(0.02, Level);
        Rejections((random, _) => Equivalence(random, rate).SupportP!.Value).ShouldRejectAt(size);
    }

    [Test]
    public void Equivalence_has_power()
    {
        Rejections((random, _) => Equivalence(random, 0.5).SupportP!.Value).ShouldRejectAt(CircuitEquivalence.Power(Prompts));
        Rejections((random, _) => Equivalence(random, 0.8).RefuteP).Should().BeGreaterThan(950);
    }

    [Test]
    public void Independence_is_rejected_at_the_level_where_scores_are_independent() =>
        Rejections((random, seed) => CircuitIndependence.Test(new PerPrompt(Skewed(random, 20)), new PerPrompt(Normals(random, 20)), seed: seed, permutations: 199).P).ShouldRejectAt(Level);

    [Test]
    public void Independence_has_power() =>
        Rejections((random, seed) =>
        {
            double[] model = Normals(random, 30);
            double[] noise = Normals(random, 30);
            return CircuitIndependence.Test(new PerPrompt(model.Select((score, prompt) => (score * score) + (0.3 * noise[prompt]))), new PerPrompt(model), seed: seed, permutations: 99).P;
        }).Should().BeGreaterThan(900);

    [Test]
    public void An_edge_on_the_quantile_is_found_removable_and_found_to_matter_at_the_level()
    {
        double removable = Size(Draws, Quantile, wins => BinomialTest.P(wins, Draws, Quantile, Alternative.Less));
        double matters = Size(Draws, Quantile, wins => BinomialTest.P(wins, Draws, Quantile, Alternative.Greater));
        Math.Min(removable, matters).Should().BeInRange(0.02, Level);
        Rejections((random, _) => Minimality(random, Quantile).RefuteP).ShouldRejectAt(removable);
        Rejections((random, _) => Minimality(random, Quantile).SupportP!.Value).ShouldRejectAt(matters);
    }

    [Test]
    public void A_circuit_of_ten_edges_is_no_more_likely_to_be_refuted_than_one_of_one()
    {
        double each = Size(Draws, Quantile, wins => Math.Min(1, 10 * BinomialTest.P(wins, Draws, Quantile, Alternative.Less)));
        Rejections((random, _) => Minimality(random, [.. Enumerable.Range(0, 10).Select(edge => Quantile + (1e-6 * edge))]).RefuteP).ShouldRejectAt(each);
        each.Should().BeLessThan(Level);
    }

    [Test]
    public void Minimality_has_power()
    {
        Rejections((random, _) => Minimality(random, 0.99, 0.6).RefuteP).Should().Be(Count);
        Rejections((random, _) => Minimality(random, 0.99, 0.995).SupportP!.Value).Should().BeGreaterThan(950);
    }

    [Test]
    public void Sufficiency_and_partial_necessity_are_supported_and_refuted_at_the_level_on_the_quantile()
    {
        double supported = Size(Draws, Quantile, wins => BinomialTest.P(wins, Draws, Quantile, Alternative.Greater));
        double refuted = Size(Draws, Quantile, wins => BinomialTest.P(wins, Draws, Quantile, Alternative.Less));
        Rejections((random, _) => Sufficiency(random, 1 - Quantile).P).ShouldRejectAt(supported);
        Rejections((random, _) => Sufficiency(random, 1 - Quantile).RefuteP).ShouldRejectAt(refuted);
        Rejections((random, _) => Necessity(random, Quantile).P).ShouldRejectAt(supported);
        Rejections((random, _) => Necessity(random, Quantile).RefuteP).ShouldRejectAt(refuted);
    }

    [Test]
    public void Sufficiency_and_partial_necessity_have_power()
    {
        Rejections((random, _) => Sufficiency(random, 0.01).P).Should().BeGreaterThan(950);
        Rejections((random, _) => Sufficiency(random, 0.5).RefuteP).Should().Be(Count);
        Rejections((random, _) => Necessity(random, 0.99).P).Should().BeGreaterThan(950);
        Rejections((random, _) => Necessity(random, 0.5).RefuteP).Should().Be(Count);
    }

    /// <summary>The chance of an outcome with p at most the level.</summary>
    private static double Size(int trials, double rate, Func<int, double> p) =>
        Enumerable.Range(0, trials + 1).Where(wins => p(wins) <= Level).Sum(wins => Math.Exp(BinomialTest.LogProbability(wins, trials, rate)));

    private static CircuitTestResult Equivalence(SeededRandom random, double rate)
    {
        double[] model = Normals(random, Prompts);
        return CircuitEquivalence.Test(new PerPrompt(model.Select(score => score + ((random.NextDouble() < rate ? 1 : -1) * (0.1 + random.NextDouble())))), new PerPrompt(model));
    }

    /// <summary>Scores of five prompts at a distance of the model's that is given, or uniform on 0 to 1, so that a share of random circuits below d is d.</summary>
    private static PerPrompt At(SeededRandom random, PerPrompt model, double? distance = null)
    {
        double by = distance ?? random.NextDouble();
        return new PerPrompt(model.Numerators.Select(score => score + (random.Next(2) == 0 ? by : -by)));
    }

    private static PerPrompt Model(SeededRandom random) => new(Normals(random, 5));

    private static CircuitMinimalityResult Minimality(SeededRandom random, params double[] effects)
    {
        PerPrompt circuit = Model(random);
        return CircuitMinimality.Test(
            [.. effects.Select((effect, edge) => new EdgeRemoval($"e{edge}", circuit, At(random, circuit, effect)))],
            [.. Enumerable.Range(0, Draws).Select(_ => Model(random)).Select(inflated => new EdgeRemoval("random", inflated, At(random, inflated)))]);
    }

    private static CircuitTestResult Sufficiency(SeededRandom random, double loss)
    {
        PerPrompt model = Model(random);
        return CircuitSufficiency.Test(At(random, model, loss), model, [.. Enumerable.Range(0, Draws).Select(_ => At(random, model))]);
    }

    private static CircuitTestResult Necessity(SeededRandom random, double damage)
    {
        PerPrompt model = Model(random);
        return CircuitPartialNecessity.Test(At(random, model, damage), model, [.. Enumerable.Range(0, Draws).Select(_ => At(random, model))]);
    }
}
