using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.TestData;

/// <summary>One claim for every outcome there is. The method's name says which.</summary>
[Problem("0.1", "Outcomes")]
public static class OutcomeClaims
{
    [Claim("is predicted by induction")]
    [HoldsOn("organism-a")]
    public static Claim SupportedAndRecorded(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtMost(1.0).In("nats");

    [Claim("is not predicted at all")]
    [FailsOn("organism-a", Because = "Induction predicts the second copy.")]
    public static Claim RefutedAndRecorded(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtLeast(5.0).In("nats");

    [Claim("is not predicted, says a wrong record")]
    [HoldsOn("organism-a")]
    public static Claim RefutedButRecordedAsHolding(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtLeast(5.0).In("nats");

    [Claim("is predicted, and recorded as failing")]
    [FailsOn("organism-a")]
    public static Claim SupportedButRecordedAsFailing(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtMost(1.0).In("nats");

    [Claim("has a loss that is not negative")]
    [HoldsOn("organism-a")]
    public static Claim VacuousOnNullModels(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtLeast(0).In("nats");

    [Claim("matters for everything")]
    [HoldsOn("organism-a", Head = "3.0")]
    public static Claim VacuousForAnyHead(HookedTransformer model, Head head)
    {
        // Names a head and measures the whole model: any head would do as well.
        ArgumentNullException.ThrowIfNull(head);
        return Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtMost(1.0);
    }

    [Claim("has values that straddle the threshold")]
    [HoldsOn("organism-a")]
    public static Claim Inconclusive(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => Alternating(model.Loss(prompts))).IsAtLeast(0.1);

    [Claim("differs by the kind of ablation")]
    [HoldsOn("organism-a")]
    public static Claim InconclusiveByDisagreement(HookedTransformer model) =>
        Claim.ThatUnder(
            new Dictionary<string, double> { ["one"] = 1, ["other"] = -1 },
            Repeats.Of(model),
            (prompts, sign) => model.Loss(prompts) * 0 + Constant(prompts, sign)).IsAtLeast(0);

    [Claim("crashes")]
    [HoldsOn("organism-a")]
    public static Claim Crashes(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), _ => throw new DivideByZeroException($"deliberate, on {model.Name}")).IsAtLeast(0);

    [Claim("measures NaN")]
    [HoldsOn("organism-a")]
    public static Claim MeasuresNotANumber(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts) * double.NaN).IsAtLeast(0);

    [Claim("has four prompts")]
    [HoldsOn("organism-a")]
    public static Claim TooFewPrompts(HookedTransformer model) =>
        Claim.That(Repeats.Of(model, 4), prompts => model.Loss(prompts)).IsAtMost(1.0);

    [Claim("says nothing")]
    [HoldsOn("organism-a")]
    public static Claim SaysNothing(HookedTransformer model) => Claim.That(Repeats.Of(model), prompts => model.Loss(prompts));

    [Claim("is about a model that is not here")]
    [HoldsOn("no-such-org/no-such-model")]
    public static Claim MissingModel(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtMost(1.0);

    [Claim("is about a head that the model does not have")]
    [HoldsOn("organism-a", Head = "7.9")]
    public static Claim MissingComponent(HookedTransformer model, Head head) =>
        Claim.That(Repeats.Of(model), prompts => model.InductionScore(head, prompts)).IsAtLeast(0.5);

    [Claim("patches a prompt with itself")]
    [HoldsOn("organism-a", Head = "3.0")]
    public static Claim ChangesNothing(HookedTransformer model, Head head) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts, new DoesNothing(head))).IsAtMost(1.0);

    [Claim("makes no difference, without a positive control")]
    [HoldsOn("organism-a")]
    public static Claim EquivalenceWithoutControl(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => Alternating(model.Loss(prompts)) * 1e-6).IsEquivalentTo(0, within: 0.1);

    [Claim("makes no difference, by a measurement that cannot see any")]
    [HoldsOn("organism-a")]
    public static Claim EquivalenceWithBlindControl(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => Alternating(model.Loss(prompts)) * 1e-6)
            .IsEquivalentTo(0, within: 0.1)
            .WithPositiveControl("something that should matter", prompts => Alternating(model.Loss(prompts)) * 1e-5);

    [Claim("makes no difference, with a positive control")]
    [HoldsOn("organism-a")]
    public static Claim EquivalenceWithControl(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => Alternating(model.Loss(prompts)) * 1e-6)
            .IsEquivalentTo(0, within: 0.1)
            .WithPositiveControl("the loss itself, moved by one", prompts => model.Loss(prompts) + Constant(prompts, 1));

    private static PerPrompt Alternating(PerPrompt samples) => new(samples.Numerators.Select((value, index) => index % 2 == 0 ? 1 + value : -1 - value));

    private static PerPrompt Constant(EvaluationSet prompts, double value) => new(Enumerable.Repeat(value, prompts.Count));
}
