namespace CircuitSpecs.Specs.CircuitsInNaturalLanguage;

/// <summary>
/// Induction: having seen A B, predict B after the next A. Shown three ways (attention, loss, ablation) on random tokens,
/// at lengths between the copies that training never had (3 to 20).
/// </summary>
[Problem("2.11", "Induction heads", Statement = "Reverse engineer an induction head in a non-toy model")]
public static class InductionHeadSpecs
{
    [Claim("attends to what followed the earlier occurrence, at a distance not seen in training")]
    [HoldsOn("organism-a", Head = "3.0"), HoldsOn("organism-a", Head = "3.3"), HoldsOn("organism-a", Head = "3.2"), HoldsOn("organism-a", Head = "3.4")]
    [HoldsOn("organism-b", Head = "3.1"), HoldsOn("organism-b", Head = "3.4"), HoldsOn("organism-b", Head = "3.0"), HoldsOn("organism-b", Head = "3.2")]
    [HoldsOn("organism-a-dropout", Head = "2.2"), HoldsOn("organism-a-dropout", Head = "2.3"), HoldsOn("organism-a-dropout", Head = "2.4"), HoldsOn("organism-a-dropout", Head = "2.1")]
    [FailsOn("organism-a", Head = "3.1", Because = "The duplicate-token head of the same layer: it looks at the earlier occurrence itself.")]
    public static Claim AttendsToWhatFollowed(HookedTransformer model, Head head) =>
        Claim.That(RepeatedRandomTokens.Evaluation(model.Tokenizer, length: 30), prompts => model.InductionScore(head, prompts))
             .IsAtLeast(0.6).In("attention probability").MatchesSnapshot();

    [Claim("exists: some head attends to what followed the earlier occurrence")]
    [HoldsOn("organism-a"), HoldsOn("organism-b"), HoldsOn("organism-a-dropout")]
    [FailsOn("tinychat-5m", Because = "Trained on short dialogues that hardly repeat, it never needed one: the best head is at chance.")]
    public static Claim Exists(HookedTransformer model) =>
        Claim.Find(RepeatedRandomTokens.Discovery(model.Tokenizer), (prompts, head) => model.InductionScore(head, prompts))
             .ThenJudge(RepeatedRandomTokens.Evaluation(model.Tokenizer)).IsAtLeast(0.3).In("attention probability").MatchesSnapshot();

    [Claim("predicts the second copy of random words, at a distance not seen in training")]
    [HoldsOn("organism-a"), HoldsOn("organism-b"), HoldsOn("organism-a-dropout")]
    [FailsOn("tinychat-5m", Because = "No induction head, no induction.")]
    public static Claim PredictsTheSecondCopy(HookedTransformer model) =>
        Claim.That(RepeatedRandomTokens.Evaluation(model.Tokenizer, length: 30), prompts => model.Loss(prompts))
             .IsAtMost(1.0).In("nats").MatchesSnapshot();

    [Claim("is what predicts the second copy: without these heads it is lost")]
    [HoldsOn("organism-a", Heads = "3.0 3.2 3.3 3.4"), HoldsOn("organism-b", Heads = "3.0 3.1 3.2 3.4"), HoldsOn("organism-a-dropout", Heads = "2.1 2.2 2.3 2.4")]
    public static Claim IsLostWithoutTheHeads(HookedTransformer model, HeadSet heads) =>
        Claim.ThatUnder(AblationKinds.MeanAndResample, RepeatedRandomTokens.Evaluation(model.Tokenizer),
                (prompts, ablate) => model.Loss(prompts, ablate(heads)) - model.Loss(prompts))
             .IsAtLeast(3.0).In("nats").MatchesSnapshot();
}
