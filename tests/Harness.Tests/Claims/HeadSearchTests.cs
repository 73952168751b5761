using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Tests.Claims;

public class HeadSearchTests
{
    private static readonly Head OnDiscovery = new(1, 2);
    private static readonly Head OnEvaluation = new(0, 1);

    [Test]
    public void Head_is_found_on_one_set_and_judged_on_the_other()
    {
        Judgement judgement = Claim.Find(Synthetic.Discovery(), Metric).ThenJudge(Synthetic.Prompts()).IsAtLeast(1).Judge(Synthetic.Context());
        judgement.Found.Should().Be(OnDiscovery);
        judgement.Primary.Value.Should().BeApproximately(2, 1e-12, "that is the found head's value on the evaluation set, and the search saw 9");
        judgement.Verdict.Should().Be(Verdict.Supported);
        judgement.Prompts.Should().BeOfType<EvaluationSet>();
    }

    [Test]
    public void Found_head_is_compared_with_the_others_on_the_evaluation_set()
    {
        SpecificityResult result = Claim.Find(Synthetic.Discovery(), Metric).ThenJudge(Synthetic.Prompts()).IsAtLeast(1).Judge(Synthetic.Context()).Specificity!;
        (result.Peers, result.Rank, result.Best).Should().Be((8, 2, "0.1"));
        result.BestValue.Should().BeApproximately(5, 1e-12);
        Claim.Find(Synthetic.Discovery(), Metric).ThenJudge(Synthetic.Prompts()).ExceedsEveryOtherHead().Judge(Synthetic.Context()).Verdict.Should().Be(Verdict.Refuted, "0.1 is stronger there");
    }

    [Test]
    public void Search_looks_at_every_head_of_the_model_that_is_judged()
    {
        var searched = new List<Head>();
        MeasuredClaim claim = Claim.Find(Synthetic.Discovery(), (set, head) =>
        {
            if (set is DiscoverySet)
            {
                searched.Add(head);
            }

            return Synthetic.Samples;
        }).ThenJudge(Synthetic.Prompts()).IsAtLeast(0);
        searched.Should().BeEmpty("nothing is measured before the claim is judged");
        claim.Judge(Synthetic.Context(config: Synthetic.Config with { Layers = 2, Heads = 2 }));
        searched.Should().Equal("0.0", "0.1", "1.0", "1.1");
    }

    [Test]
    public void Prompts_of_the_search_are_refused_for_judging()
    {
        HeadSearch search = Claim.Find(Synthetic.Discovery(seed: 1), Metric);
        FluentActions.Invoking(() => search.ThenJudge(Synthetic.Prompts(seed: 1))).Should().Throw<ArgumentException>().WithMessage("*same prompts*use another seed*");
    }

    [Test]
    public void Cancellation_ends_the_search()
    {
        using var source = new CancellationTokenSource();
        int asked = 0;
        MeasuredClaim claim = Claim.Find(Synthetic.Discovery(), (_, _) =>
        {
            asked++;
            source.Cancel();
            return Synthetic.Samples;
        }).ThenJudge(Synthetic.Prompts()).IsAtLeast(0);
        FluentActions.Invoking(() => claim.Judge(Synthetic.Context(cancellation: source.Token))).Should().Throw<OperationCanceledException>();
        asked.Should().Be(1);
    }

    private static PerPrompt Metric(PromptSet prompts, Head head) => Synthetic.WithMean(
        prompts is DiscoverySet ? (head == OnDiscovery ? 9 : 1)
        : head == OnEvaluation ? 5
        : head == OnDiscovery ? 2 : 0);
}
