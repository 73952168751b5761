using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.TestData;

/// <summary>Claims that are written wrongly: each has to say how.</summary>
[Problem("0.2", "Wrong signatures")]
public static class WrongSignatures
{
    [Claim("returns nothing")]
    [HoldsOn("organism-a")]
    public static void ReturnsNothing(HookedTransformer model) => ArgumentNullException.ThrowIfNull(model);

    [Claim("takes no model")]
    [HoldsOn("organism-a")]
    public static Claim TakesNoModel(Head head) => Claim.Exactly(head is null ? 0 : 1).IsAtLeast(0);

    [Claim("is recorded nowhere")]
    public static Claim RecordedNowhere(HookedTransformer model) => Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtMost(1);

    [Claim("takes a head and is given none")]
    [HoldsOn("organism-a")]
    public static Claim NoHeadGiven(HookedTransformer model, Head head) => Claim.That(Repeats.Of(model), prompts => model.InductionScore(head, prompts)).IsAtLeast(0.5);

    [Claim("takes a head and is given an MLP")]
    [HoldsOn("organism-a", Mlp = 0)]
    public static Claim MlpGivenForHead(HookedTransformer model, Head head) => Claim.That(Repeats.Of(model), prompts => model.InductionScore(head, prompts)).IsAtLeast(0.5);

    [Claim("has a head that is misspelt")]
    [HoldsOn("organism-a", Head = "three.zero")]
    public static Claim MisspeltHead(HookedTransformer model, Head head) => Claim.That(Repeats.Of(model), prompts => model.InductionScore(head, prompts)).IsAtLeast(0.5);
}
