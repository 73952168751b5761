using System.Collections.Immutable;

namespace CircuitSpecs.Specs.ConfusingThings;

/// <summary>Every organism has four induction heads in one layer. What is each of them good for, and for which tokens do they work?</summary>
[Problem("2.29", "Several induction heads", Statement = "Why do models have so many induction heads? How do they specialise, and why does the model need so many?")]
public static class ManyInductionHeadsSpecs
{
    [Claim("is not needed: without this one head the second copy is predicted all the same")]
    [HoldsOn("organism-a", Head = "3.3"), HoldsOn("organism-b", Head = "3.2"), HoldsOn("organism-a-dropout", Head = "2.1")]
    public static Claim IsNotNeededAlone(HookedTransformer model, Head head) =>
        Claim.That(RepeatedRandomTokens.Evaluation(model.Tokenizer), prompts => model.Accuracy(prompts, Ablate.Mean(head)) - model.Accuracy(prompts))
             .IsEquivalentTo(0, within: 0.05)
             .WithPositiveControl("all induction heads together", prompts => model.Accuracy(prompts, Ablate.Mean(InductionHeadsOf(model))) - model.Accuracy(prompts))
             .In("accuracy").MatchesSnapshot();

    [Claim("cost more together than one by one")]
    [HoldsOn("organism-a", Heads = "3.0 3.2 3.3 3.4"), HoldsOn("organism-b", Heads = "3.0 3.1 3.2 3.4"), HoldsOn("organism-a-dropout", Heads = "2.1 2.2 2.3 2.4")]
    public static Claim CostMoreTogether(HookedTransformer model, HeadSet heads) =>
        Claim.ThatUnder(AblationKinds.MeanAndResample, RepeatedRandomTokens.Evaluation(model.Tokenizer), (prompts, ablate) =>
             {
                 PerPrompt clean = model.Loss(prompts);
                 PerPrompt together = model.Loss(prompts, ablate(heads)) - clean;
                 return heads.Heads.Aggregate(together, (rest, head) => rest - (model.Loss(prompts, ablate(head)) - clean));
             })
             .IsAtLeast(2.0).In("nats").MatchesSnapshot();

    [Claim("carries induction over to letters")]
    [FailsOn("organism-a", Because = "Induction was trained on words; letters are as foreign to it as if there were no heads."), FailsOn("organism-b"), FailsOn("organism-a-dropout")]
    public static Claim CarriesOverToLetters(HookedTransformer model) => CarriesOverTo(model, OrganismPools.Letters(model.Tokenizer));

    [Claim("carries induction over to numbers")]
    [FailsOn("organism-a", Because = "Numbers do occur in training, in order and in sums; never in the random repeats that taught induction."), FailsOn("organism-b"), FailsOn("organism-a-dropout")]
    public static Claim CarriesOverToNumbers(HookedTransformer model) => CarriesOverTo(model, OrganismPools.Numbers(model.Tokenizer));

    [Claim("carries induction over to plurals and French words")]
    [FailsOn("organism-a", Because = "Not even words of the same kind, if they were never repeated in training."), FailsOn("organism-b"), FailsOn("organism-a-dropout")]
    public static Claim CarriesOverToPluralsAndFrench(HookedTransformer model) => CarriesOverTo(model, OrganismPools.PluralsAndFrench(model.Tokenizer));

    private static MeasuredClaim CarriesOverTo(HookedTransformer model, ImmutableArray<int> pool) =>
        Claim.That(RepeatedRandomTokens.Evaluation(model.Tokenizer, pool: pool), prompts => model.Accuracy(prompts))
             .IsAtLeast(0.5).In("accuracy").MatchesSnapshot();

    private static HeadSet InductionHeadsOf(HookedTransformer model)
    {
        DiscoverySet prompts = RepeatedRandomTokens.Discovery(model.Tokenizer);
        return new HeadSet(Head.AllIn(model.Config).OrderByDescending(head => model.InductionScore(head, prompts).Value).Take(4));
    }
}
