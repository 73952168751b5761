namespace CircuitSpecs.Specs.ExtensionsToTheIoiPaper;

/// <summary>Previous-token heads: GPT-2's L4H11, and what plays its part in small models.</summary>
[Problem("2.26", "Previous-token head", Statement = "Reverse engineering L4H11, a really sharp previous token head in GPT-2 small")]
public static class PreviousTokenHeadSpecs
{
    [Claim("attends to the previous token")]
    [HoldsOn("organism-a", Head = "0.3"), HoldsOn("organism-b", Head = "0.3"), HoldsOn("organism-a-dropout", Head = "0.2"), HoldsOn("organism-a-dropout", Head = "0.4")]
    [FailsOn("organism-a", Head = "3.0", Because = "3.0 is an induction head: on the second copy it looks for what followed last time, not for the token before.")]
    [FailsOn("tinychat-5m", Head = "1.2", Because = "The strongest previous-token head of tinychat is a weak one: it gives a fifth of its attention, not half.")]
    public static Claim AttendsToThePreviousToken(HookedTransformer model, Head head) =>
        Claim.That(RepeatedRandomTokens.Evaluation(model.Tokenizer), prompts => model.PreviousTokenScore(head, prompts))
             .IsAtLeast(0.5).In("attention probability").MatchesSnapshot();

    [Claim("is the only sharp one")]
    [HoldsOn("organism-a", Head = "0.3"), HoldsOn("organism-b", Head = "0.3")]
    [FailsOn("organism-a-dropout", Head = "0.2", Because = "With dropout the work is shared: three heads attend to the previous token almost equally.")]
    public static Claim IsTheOnlySharpOne(HookedTransformer model, Head head) =>
        Claim.That(RepeatedRandomTokens.Evaluation(model.Tokenizer), prompts => model.PreviousTokenScore(head, prompts))
             .ExceedsEveryOtherHead(by: 0.1).In("attention probability")
             .MatchesSnapshot(SnapshotRequest.OfScores(() => AttentionScores.PreviousToken(model, RepeatedRandomTokens.Evaluation(model.Tokenizer)).Means()));

    [Claim("has the largest ‖W_QK‖ of all heads")]
    [HoldsOn("gpt2-attention-only", Head = "4.11")]
    [FailsOn("gpt2-attention-only", Head = "5.5", Because = "An induction head, with a tenth of the norm: sharpness on one fixed offset is what needs large weights.")]
    public static Claim HasTheLargestQueryKeyNorm(ModelWeights weights, Head head) =>
        Claim.Exactly(weights.QkNorms(foldLayerNorm: true)).IsLargestAt(head, by: 1.2).MatchesSnapshot();

    [Claim("is made a previous-token head by W_pos alone")]
    [FailsOn("gpt2-attention-only", Head = "4.11", Because = "Positions as they are embedded pick the previous token for few queries. What 4.11 reads has been through layer 0.")]
    public static Claim IsMadeByPositionEmbeddingsAlone(ModelWeights weights, Head head) =>
        Claim.Exactly(weights.PositionalShare(head, offset: 1, foldLayerNorm: true, biases: true)).IsAtLeast(0.5).In("share of queries");
}
