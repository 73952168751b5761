using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

/// <summary>A claim about one of the nine heads of a small model, whose values per head are written down here.</summary>
public class SpecificityTests
{
    private static readonly Head Named = new(1, 1);

    [Test]
    public void Named_head_is_ranked_among_all_of_its_kind()
    {
        SpecificityResult specificity = Judge(head => head == Named ? 0.9 : head == new Head(2, 0) ? 0.7 : 0.1, claim => claim.IsAtLeast(0.5)).Specificity!;
        specificity.Should().BeEquivalentTo(new { Peers = 8, AlsoPass = 1, Rank = 1, Best = "2.0" });
        specificity.BestValue.Should().BeApproximately(0.7, 1e-9);
    }

    [Test]
    public void Smaller_is_stronger_where_the_claim_is_at_most()
    {
        SpecificityResult specificity = Judge(head => head == Named ? 0.3 : head == new Head(0, 2) ? 0.1 : 0.9, claim => claim.IsAtMost(0.5)).Specificity!;
        specificity.Should().BeEquivalentTo(new { AlsoPass = 1, Rank = 2, Best = "0.2" });
    }

    [Test]
    public void P_counts_permutations_whose_maximum_reaches_the_named_value()
    {
        // Eight prompts on which the named head is always the largest of nine: a permutation reaches its mean only if it
        // puts the same head on top on every prompt, so next to none of 4,999 does.
        Judge(head => head == Named ? 1 : 0, claim => claim.IsAtLeast(0.5)).Specificity!.MaxStatisticP.Should().BeApproximately(1.0 / 5000, 1e-9);
        // All heads alike: every permutation reaches it.
        Judge(_ => 1, claim => claim.IsAtLeast(0.5)).Specificity!.MaxStatisticP.Should().Be(1);
    }

    [Test]
    public void Exceeding_every_other_is_judged_on_paired_differences_with_the_closest()
    {
        Judgement judgement = Judge(head => head == Named ? 0.9 : head == new Head(2, 0) ? 0.7 : 0.1, claim => claim.ExceedsEveryOtherHead(by: 0.1));
        judgement.Verdict.Should().Be(Verdict.Supported);
        judgement.Primary.Value.Should().BeApproximately(0.2, 1e-9);
        judgement.Primary.Text.Should().EndWith("over 2.0");

        Judge(head => head == Named ? 0.9 : head == new Head(2, 0) ? 0.85 : 0.1, claim => claim.ExceedsEveryOtherHead(by: 0.1)).Verdict.Should().Be(Verdict.Refuted);
    }

    [Test]
    public void Exceeding_every_other_needs_a_component_of_that_kind()
    {
        Action none = () => Synthetic.Claim(Synthetic.Spread(10)).ExceedsEveryOtherHead().Judge(Synthetic.Context());
        none.Should().Throw<InvalidExperimentException>().WithMessage("*this one names no component*");
        Action other = () => Synthetic.Claim(Synthetic.Spread(10)).ExceedsEveryOtherMlp().Judge(Synthetic.Context(Named, _ => Synthetic.Claim(Synthetic.Spread(10))));
        other.Should().Throw<InvalidExperimentException>().WithMessage("*names 1.1 (head)*");
    }

    [Test]
    public void Exceeding_every_other_has_to_hold_under_every_kind_of_ablation()
    {
        // Under the second kind another head has the same value.
        static MeasuredClaim ClaimOf(Head head) => Claim.ThatUnder(
            new Dictionary<string, double> { ["mean"] = 0.1, ["resample"] = 0.9 },
            Synthetic.Prompts(8),
            (prompts, other) => new PerPrompt(Enumerable.Repeat(head == Named ? 0.9 : other, prompts.Count))).ExceedsEveryOtherHead(by: 0.1);
        Judgement judgement = ClaimOf(Named).Judge(Synthetic.Context(Named, other => ClaimOf((Head)other)));
        judgement.Verdict.Should().Be(Verdict.Inconclusive);
        judgement.Primary.Text.Should().Contain("disagree");
    }

    [Test]
    public void Other_heads_are_measured_on_the_same_prompts()
    {
        static Claim ClaimOf(Component component) =>
            Claim.That(Synthetic.Prompts(10, seed: ((Head)component).Index), prompts => new PerPrompt(new double[prompts.Count])).IsAtLeast(0);
        Action judge = () => ClaimOf(Named).Judge(Synthetic.Context(Named, ClaimOf));
        judge.Should().Throw<InvalidExperimentException>().WithMessage("*on other prompts than the claim about 1.1*");
    }

    [Test]
    public void Sweep_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Action judge = () => ClaimOf(Named, _ => 1).IsAtLeast(0).Judge(Synthetic.Context(Named, other => ClaimOf((Head)other, _ => 1).IsAtLeast(0), source.Token));
        judge.Should().Throw<OperationCanceledException>();
    }

    [Test]
    public void Found_head_is_the_best_on_discovery_and_judged_on_evaluation()
    {
        // 0.1 is best where one searches, 2.2 where one judges: the search must not see the latter.
        static PerPrompt Metric(PromptSet prompts, Head head) => new(Enumerable.Repeat(
            prompts is DiscoverySet ? (head == new Head(0, 1) ? 1.0 : 0) : head == new Head(2, 2) ? 1.0 : head == new Head(0, 1) ? 0.4 : 0, prompts.Count));
        Judgement judgement = Claim.Find(Synthetic.Discovery(10), Metric).ThenJudge(Synthetic.Prompts(10)).IsAtLeast(0.3).Judge(Synthetic.Context());

        judgement.Found.Should().Be(new Head(0, 1));
        judgement.Primary.Value.Should().BeApproximately(0.4, 1e-12);
        judgement.Specificity!.Best.Should().Be("2.2");
    }

    [Test]
    public void Judging_on_the_prompts_of_the_search_is_refused()
    {
        Action judge = () => Claim.Find(Synthetic.Discovery(10, seed: 1), (prompts, _) => new PerPrompt(new double[prompts.Count])).ThenJudge(Synthetic.Prompts(10, seed: 1));
        judge.Should().Throw<ArgumentException>().WithMessage("*the same prompts for discovery and evaluation*");
    }

    private static Judgement Judge(Func<Head, double> valueOf, Func<MeasuredClaim, MeasuredClaim> condition) =>
        condition(ClaimOf(Named, valueOf)).Judge(Synthetic.Context(Named, other => condition(ClaimOf((Head)other, valueOf))));

    private static MeasuredClaim ClaimOf(Head head, Func<Head, double> valueOf) => Synthetic.Claim([.. Enumerable.Repeat(valueOf(head), 8)]);
}
