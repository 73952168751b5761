using CircuitSpecs.Claims;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Statistics.Circuits;

/// <summary>The five tests on numbers worked out by hand.</summary>
public class CircuitHypothesisTests
{
    private static readonly PerPrompt Model = new([1, 2, 3, 4]);

    [Test]
    public void Equivalence_is_the_published_p_and_its_reverse()
    {
        // 60 wins of 100.
        PerPrompt model = new(Enumerable.Range(0, 100).Select(prompt => (double)prompt));
        PerPrompt circuit = new(Enumerable.Range(0, 100).Select(prompt => prompt + (prompt < 60 ? 0.5 : -2)));
        CircuitTestResult result = CircuitEquivalence.Test(circuit, model);
        double[] probability = [.. Enumerable.Range(0, 101).Select(k => Math.Exp(BinomialTest.LogProbability(k, 100, 0.6)))];
        result.Statistic.Should().Be(60);
        result.P.Should().BeApproximately(probability.Take(41).Sum() + probability.Skip(60).Sum(), 1e-13);
        result.SupportP.Should().BeApproximately(probability.Take(61).Sum(), 1e-13);
        (result.PassesAsPublished, result.Verdict).Should().Be((true, Verdict.Inconclusive));
    }

    [Test]
    public void A_tie_counts_half_and_is_rounded_against_the_conclusion()
    {
        PerPrompt model = new(Enumerable.Repeat(0.0, 200));
        CircuitEquivalence.Test(model, model).Verdict.Should().Be(Verdict.Supported, "equal scores are as equivalent as can be");
        PerPrompt noise = new(Enumerable.Range(0, 200).Select(_ => 1e-7));
        CircuitEquivalence.Test(noise, model).Verdict.Should().Be(Verdict.Refuted);
        CircuitEquivalence.Test(noise, model, tie: 1e-6).Verdict.Should().Be(Verdict.Supported);

        // 79 wins, 1 tie, 120 losses: W is 79.5, taken as 80 by the published p and as 79 by the test of P ≤ 1/2 − ε.
        PerPrompt circuit = new(Enumerable.Range(0, 200).Select(prompt => prompt < 79 ? 1.0 : prompt == 79 ? 0 : -1));
        CircuitTestResult result = CircuitEquivalence.Test(circuit, model);
        result.Statistic.Should().Be(79.5);
        result.P.Should().BeApproximately(CircuitEquivalence.TwoTails(80, 200, 0.1), 1e-13);
        result.SupportP.Should().BeApproximately(BinomialTest.P(79, 200, 0.4, Alternative.Greater), 1e-13);
    }

    [TestCase(0.1, 76)]
    [TestCase(0.2, 20)]
    public void Few_prompts_can_never_show_equivalence(double margin, int fewest)
    {
        CircuitEquivalence.FewestPrompts(margin).Should().Be(fewest);
        bool Possible(int n) => Enumerable.Range(0, n + 1).Any(wins =>
            CircuitEquivalence.Test(new PerPrompt(Enumerable.Range(0, n).Select(prompt => prompt < wins ? 1.0 : -1)), new PerPrompt(new double[n]), margin).Verdict == Verdict.Supported);
        Possible(fewest).Should().BeTrue();
        Possible(fewest - 1).Should().BeFalse();
        CircuitEquivalence.Test(Model, Model).Summary.Should().Contain("at least 76 prompts");
    }

    [TestCase(100, 0.24)]
    [TestCase(150, 0.54)]
    [TestCase(200, 0.77)]
    [TestCase(214, 0.81)]
    [TestCase(300, 0.93)]
    public void Power_of_equivalence(int prompts, double power) => CircuitEquivalence.Power(prompts).Should().BeApproximately(power, 0.005);

    [Test]
    public void A_complement_that_knows_the_score_refutes_independence_and_one_that_does_not_is_inconclusive()
    {
        double[] scores = [.. Enumerable.Range(0, 30).Select(prompt => Math.Sin(prompt * 1.7))];
        CircuitTestResult dependent = CircuitIndependence.Test(new PerPrompt(scores.Select(score => score * score)), new PerPrompt(scores), permutations: 199);
        (dependent.Verdict, dependent.PassesAsPublished).Should().Be((Verdict.Refuted, false));
        dependent.P.Should().Be(HilbertSchmidtIndependence.Test([.. scores.Select(score => score * score)], scores, permutations: 199).P);
        CircuitTestResult independent = CircuitIndependence.Test(new PerPrompt(Enumerable.Range(0, 30).Select(prompt => Math.Cos(prompt * prompt))), new PerPrompt(scores), permutations: 199);
        (independent.Verdict, independent.PassesAsPublished, independent.SupportP).Should().Be((Verdict.Inconclusive, true, null));
    }

    [Test]
    public void Edges_are_removable_where_random_ones_change_as_much()
    {
        // References change by 1, 2, …, 100; a change of k + 1/2 is above k of them.
        EdgeRemoval[] references = [.. Enumerable.Range(1, 100).Select(change => Removal("random", change))];
        CircuitMinimalityResult result = CircuitMinimality.Test([Removal("a", 99.5), Removal("b", 85.5), Removal("c", 70.5)], references);
        result.Edges.Select(edge => edge.Wins).Should().Equal(99, 85, 70);
        double[] p = [.. new[] { 99, 85, 70 }.Select(wins => BinomialTest.P(wins, 100, 0.9, Alternative.Less))];
        result.Edges.Select(edge => edge.P).Should().Equal(p);
        result.Edges.Select(edge => edge.AdjustedP).Should().Equal(MultipleTesting.Holm(p));
        result.Removable.Should().Equal("c");
        (result.Verdict, result.PassesAsPublished).Should().Be((Verdict.Refuted, false));
        (CircuitMinimality.Test([Removal("a", 99.5), Removal("b", 97.5)], references).Verdict).Should().Be(Verdict.Supported);
        CircuitTestResult undecided = CircuitMinimality.Test([Removal("a", 99.5), Removal("b", 90.5)], references);
        (undecided.Verdict, undecided.PassesAsPublished).Should().Be((Verdict.Inconclusive, true));
    }

    [Test]
    public void Few_references_make_every_circuit_minimal_as_published_and_none_here()
    {
        EdgeRemoval[] references = [Removal("random", 1)];
        CircuitMinimalityResult result = CircuitMinimality.Test([Removal("a", 2)], references);
        (result.Verdict, result.PassesAsPublished).Should().Be((Verdict.Inconclusive, true));
    }

    [TestCase(29, 29)]
    [TestCase(50, 49)]
    [TestCase(100, 96)]
    public void Sufficiency_and_partial_necessity_take_that_many_wins(int draws, int needed)
    {
        foreach (int wins in new[] { needed - 1, needed })
        {
            PerPrompt[] far = [.. Enumerable.Range(0, draws).Select(draw => Shifted(draw < wins ? 3 : 1))];
            CircuitTestResult sufficiency = CircuitSufficiency.Test(Shifted(-2), Model, far);
            sufficiency.Statistic.Should().Be(wins);
            (sufficiency.Verdict == Verdict.Supported).Should().Be(wins == needed);
            sufficiency.PassesAsPublished.Should().Be(wins == needed);
            PerPrompt[] near = [.. Enumerable.Range(0, draws).Select(draw => Shifted(draw < wins ? 1 : 3))];
            CircuitTestResult necessity = CircuitPartialNecessity.Test(Shifted(-2), Model, near);
            necessity.Statistic.Should().Be(wins);
            (necessity.Verdict == Verdict.Supported).Should().Be(wins == needed);
        }

        CircuitSufficiency.FewestDraws().Should().Be(29);
        CircuitSufficiency.Test(Shifted(0), Model, [Shifted(1)]).Summary.Should().Contain("fewer than 29 random circuits");
    }

    [Test]
    public void A_tie_with_a_random_circuit_is_no_win_and_many_losses_refute()
    {
        PerPrompt[] same = [.. Enumerable.Repeat(Shifted(1), 60)];
        CircuitSufficiency.Test(Shifted(1), Model, same).Verdict.Should().Be(Verdict.Refuted);
        CircuitPartialNecessity.Test(Shifted(1), Model, same).Verdict.Should().Be(Verdict.Refuted);
        CircuitSufficiency.Test(Shifted(1), Model, same).Statistic.Should().Be(0);
    }

    [Test]
    public void Distances_are_read_as_they_are_called()
    {
        var removal = new EdgeRemoval("e", new PerPrompt([1, 2, 3]), new PerPrompt([0, 4, 3]));
        removal.Effect().Should().Be(1);
        removal.Effect(ScoreDistance.MeanSquared).Should().BeApproximately(5.0 / 3, 1e-15);
        removal.Effect(ScoreDistance.BetweenMeans).Should().BeApproximately(1.0 / 3, 1e-15);
    }

    [Test]
    public void What_does_not_fit_is_named()
    {
        FluentActions.Invoking(() => CircuitEquivalence.Test(Model, new PerPrompt([1, 2]))).Should().Throw<ArgumentException>().WithMessage("*'circuit' has 4 numbers and 'model' 2*same prompts*");
        FluentActions.Invoking(() => CircuitEquivalence.Test(new PerPrompt([1]), new PerPrompt([1]))).Should().Throw<ArgumentException>().WithMessage("*at least 2*");
        FluentActions.Invoking(() => CircuitEquivalence.Test(Model, PerPrompt.RatioOfMeans(Model, Model))).Should().Throw<ArgumentException>().WithMessage("*'model' is a ratio of means*");
        FluentActions.Invoking(() => CircuitEquivalence.Test(Model, Model, margin: 0.5)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => CircuitIndependence.Test(new PerPrompt([1, 1, 1, 1]), Model)).Should().Throw<ArgumentException>().WithMessage("*'complement' are 1*");
        FluentActions.Invoking(() => CircuitMinimality.Test([], [Removal("r", 1)])).Should().Throw<ArgumentException>().WithMessage("*no edge*");
        FluentActions.Invoking(() => CircuitMinimality.Test([Removal("a", 1)], [])).Should().Throw<ArgumentException>().WithMessage("*'references' is empty*at least 29*");
        FluentActions.Invoking(() => CircuitMinimality.Test([new EdgeRemoval("a0.h1->m2", Model, new PerPrompt([1, 2, double.NaN, 4]))], [Removal("r", 1)])).Should().Throw<ArgumentException>().WithMessage("*a0.h1->m2 (after)*NaN at index 2*");
        FluentActions.Invoking(() => CircuitSufficiency.Test(Model, Model, [Model, new PerPrompt([1])])).Should().Throw<ArgumentException>().WithMessage("*'random?1?' has 1 number*");
        FluentActions.Invoking(() => CircuitPartialNecessity.Test(Model, Model, [])).Should().Throw<ArgumentException>().WithMessage("*'random' is empty*");
    }

    private static EdgeRemoval Removal(string edge, double change) => new(edge, Model, Shifted(change));

    private static PerPrompt Shifted(double by) => new(Model.Numerators.Select(score => score + by));
}
