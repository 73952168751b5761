using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class SpecificityTests
{
    private static readonly Head Named = new(1, 0);

    // [head][prompt]: means 10/3, 7/3 and 5/3.
    private static readonly double[][] Matrix = [[5, 4, 1], [2, 3, 2], [1, 0, 4]];
    private static readonly ModelConfig ThreeHeads = Synthetic.Config with { Layers = 1 };

    [Test]
    public void Named_head_is_ranked_among_all_in_the_direction_of_the_claim()
    {
        // Head l.h has mean 3 l + h, that is 0 to 8; the named one has 3.
        SpecificityResult largest = Judge(Claimed(Named).IsAtLeast(2)).Specificity!;
        (largest.Peers, largest.Rank, largest.Best, largest.AlsoPass).Should().Be((8, 6, "2.2", 5));
        largest.BestValue.Should().BeApproximately(8, 1e-12);
        SpecificityResult smallest = Judge(Claimed(Named).IsAtMost(4)).Specificity!;
        (smallest.Peers, smallest.Rank, smallest.Best, smallest.AlsoPass).Should().Be((8, 4, "0.0", 3));
        smallest.BestValue.Should().BeApproximately(0, 1e-12);
    }

    [Test]
    public void Others_also_pass_only_if_their_whole_interval_does()
    {
        // At this bound head 1.1 (mean 4) is just open, and just supported.
        double edge = Synthetic.IntervalOf(Synthetic.WithMean(4)).Low;
        Judge(Claimed(Named).IsAtLeast(edge)).Specificity!.AlsoPass.Should().Be(5);
        Judge(Claimed(Named).IsAtLeast(edge + 1e-9)).Specificity!.AlsoPass.Should().Be(4);
    }

    [Test]
    public void Equal_components_share_a_rank()
    {
        JudgementContext context = Synthetic.Against(Named, _ => Synthetic.WithMean(3));
        Synthetic.Claimed(Synthetic.WithMean(3)).IsAtLeast(0).Judge(context).Specificity!.Rank.Should().Be(1);
    }

    [TestCase(0, true)]
    [TestCase(1, true)]
    [TestCase(2, true)]
    [TestCase(0, false)]
    [TestCase(2, false)]
    public void Max_statistic_p_is_that_of_all_permutations(int named, bool atLeast)
    {
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        double sign = atLeast ? 1 : -1;
        double observed = sign * Matrix[named].Sum();
        int hits = (from a in orders
                    from b in orders
                    from c in orders
                    where Enumerable.Range(0, 3).Max(head => sign * (Matrix[a[head]][0] + Matrix[b[head]][1] + Matrix[c[head]][2])) >= observed - 1e-9
                    select 1).Count();
        double exact = hits / 216.0;
        const int Permutations = 20_000;
        JudgementContext context = Synthetic.Against(
            new Head(0, named), other => new PerPrompt(Matrix[((Head)other).Index]), new JudgementOptions { MinimumPrompts = 3, Permutations = Permutations }, ThreeHeads);
        MeasuredClaim claim = Synthetic.Claimed(new PerPrompt(Matrix[named]));
        double p = (atLeast ? claim.IsAtLeast(0) : claim.IsAtMost(0)).Judge(context).Specificity!.MaxStatisticP!.Value;
        p.Should().BeApproximately(exact, (5 * Math.Sqrt(exact * (1 - exact) / Permutations)) + (1.0 / Permutations), "these are five standard errors of the random selection");
    }

    [Test]
    public void Claim_of_exceeding_counts_those_that_are_not_exceeded()
    {
        SpecificityResult result = Judge(Claimed(Named).ExceedsEveryOtherHead()).Specificity!;
        (result.Rank, result.AlsoPass, result.Best).Should().Be((6, 5, "2.2"));
    }

    [Test]
    public void Prompts_that_depend_on_the_component_are_refused()
    {
        JudgementContext context = Synthetic.Context(component: Named, claimFor: other => Claim.That(Synthetic.Prompts(seed: 5), _ => Synthetic.Samples).IsAtLeast(0));
        FluentActions.Invoking(() => Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).Judge(context)).Should().Throw<InvalidExperimentException>().WithMessage("*measured on other prompts*");
    }

    [Test]
    public void Each_other_component_is_measured_once()
    {
        var asked = new List<Component>();
        JudgementContext context = Synthetic.Context(component: Named, claimFor: other => Claim.That(Synthetic.Prompts(), _ =>
        {
            asked.Add(other);
            return Synthetic.WithMean(0);
        }).IsAtLeast(0));
        Synthetic.Claimed(Synthetic.WithMean(2)).IsAtLeast(1).ExceedsEveryOtherHead().Judge(context);
        asked.Should().BeEquivalentTo(Head.AllIn(Synthetic.Config).Where(head => head != Named)).And.OnlyHaveUniqueItems();
    }

    [Test]
    public void Component_that_cannot_be_measured_makes_the_sweep_invalid()
    {
        JudgementContext context = Synthetic.Against(Named, other => other == new Head(2, 2) ? Synthetic.Constant(double.NaN) : Synthetic.Samples);
        FluentActions.Invoking(() => Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).Judge(context)).Should().Throw<InvalidExperimentException>().WithMessage("*NaN on prompt 0*");
    }

    [Test]
    public void There_is_none_without_component_or_above_the_largest_sweep()
    {
        Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).Judge(Synthetic.Context()).Specificity.Should().BeNull();
        Judge(Claimed(Named).IsAtLeast(2), new JudgementOptions { LargestSweep = 8 }).Specificity.Should().NotBeNull();
        Judge(Claimed(Named).IsAtLeast(2), new JudgementOptions { LargestSweep = 7 }).Specificity.Should().BeNull();
    }

    [Test]
    public void Cancellation_ends_the_sweep()
    {
        using var source = new CancellationTokenSource();
        int asked = 0;
        JudgementContext context = Synthetic.Context(component: Named, cancellation: source.Token, claimFor: other => Claim.That(Synthetic.Prompts(), _ =>
        {
            if (++asked == 3)
            {
                source.Cancel();
            }

            return Synthetic.Samples;
        }).IsAtLeast(0));
        FluentActions.Invoking(() => Synthetic.Claimed(Synthetic.Samples).IsAtLeast(0).Judge(context)).Should().Throw<OperationCanceledException>();
        asked.Should().Be(3);
    }

    private static PerPrompt Of(Component component) => Synthetic.WithMean((3 * ((Head)component).Layer) + ((Head)component).Index);

    private static MeasuredClaim Claimed(Head head) => Synthetic.Claimed(Of(head));

    private static Judgement Judge(MeasuredClaim claim, JudgementOptions? options = null) => claim.Judge(Synthetic.Against(Named, Of, options));
}
