namespace CircuitSpecs.Specs.GroundTruth;

/// <summary>
/// Claims about models whose circuits were written by hand: what is measured here is known beforehand, so these claims test the measurements and the controls.
/// They speak of one model each, by its name in the store.
/// </summary>
[Problem("0", "Ground truth", Statement = "Do the measurements find what is known to be there, and nothing beside it?")]
public static class CompiledModelSpecs
{
    private const string Beside = "Random weights that nobody reads, put there to be left out.";

    [Claim("is an induction head")]
    [HoldsOn("compiled-induction", Head = "1.0")]
    [FailsOn("compiled-induction", Head = "1.2", Because = Beside)]
    public static Claim AttendsToWhatFollowed(HookedTransformer model, Head head) =>
        Claim.That(RepeatedRandomTokens.Evaluation(model.Tokenizer), prompts => model.InductionScore(head, prompts))
             .IsAtLeast(0.9).ExceedsEveryOtherHead(by: 0.5).In("attention probability");

    // A factor of 2 would do here, where the others are 0; shuffled weights exceed it by chance, one in four.
    [Claim("is composed with the previous-token head 0.0 through its keys, and with no other")]
    [HoldsOn("compiled-induction", Head = "1.0")]
    public static Claim KeysComposeWithThePreviousTokenHead(ModelWeights weights, Head head) =>
        Claim.Exactly(weights.KComposition(into: head)).IsLargestAt("0.0", by: 100);

    [Claim("is a duplicate-token head")]
    [HoldsOn("compiled-duplicate-token", Head = "0.0"), HoldsOn("compiled-ioi", Head = "0.0")]
    [FailsOn("compiled-duplicate-token", Head = "0.1", Because = Beside)]
    public static Claim AttendsToTheEarlierOccurrence(HookedTransformer model, Head head) =>
        Claim.That(Repeats(model), prompts => model.DuplicateTokenScore(head, prompts))
             .IsAtLeast(0.9).ExceedsEveryOtherHead(by: 0.5).In("attention probability");

    [Claim("moves the indirect object's name")]
    [HoldsOn("compiled-ioi", Head = "2.0")]
    [FailsOn("compiled-ioi", Head = "1.0", Because = "The S-inhibition head writes nothing that the logits read: it works through the name mover's queries.")]
    public static Claim MovesTheName(HookedTransformer model, Head head) =>
        Claim.That(IndirectObjectIdentification.Evaluation(model.Tokenizer), prompts => model.HeadDirectAttribution(head, prompts))
             .IsAtLeast(8).ExceedsEveryOtherHead(by: 8).In("logits");

    [Claim("prefers the subject where layer 1 cannot see it at END")]
    [HoldsOn("compiled-ioi")]
    public static Claim PrefersTheSubjectWithoutInhibition(HookedTransformer model) =>
        Claim.That(IndirectObjectIdentification.Evaluation(model.Tokenizer), prompts => model.LogitDifference(prompts, AttentionKnockout.Of(new AttentionLayer(1), from: "END", to: "S2")))
             .IsAtMost(-1).In("logits");

    // Only names are compared in the IOI model, and its context is short.
    private static EvaluationSet Repeats(HookedTransformer model) => model.Config.Context > 40
        ? RepeatedRandomTokens.Evaluation(model.Tokenizer)
        : RepeatedRandomTokens.Evaluation(model.Tokenizer, length: 8, pool: OrganismPools.Names(model.Tokenizer));
}
