namespace CircuitSpecs.Specs.ExtensionsToTheIoiPaper;

/// <summary>Heads that attend from a token to its earlier occurrence (i → i − L on a text of length L that is repeated).</summary>
[Problem("2.21", "Duplicate-token head", Statement = "Understanding duplicate token heads")]
public static class DuplicateTokenHeadSpecs
{
    [Claim("attends to the earlier occurrence of its token")]
    [HoldsOn("organism-a", Head = "3.1")]
    [FailsOn("organism-a", Head = "3.0", Because = "An induction head attends one further: to what came after the earlier occurrence.")]
    public static Claim AttendsToTheEarlierOccurrence(HookedTransformer model, Head head) =>
        Claim.That(RepeatedRandomTokens.Evaluation(model.Tokenizer), prompts => model.DuplicateTokenScore(head, prompts))
             .IsAtLeast(0.6).ExceedsEveryOtherHead(by: 0.1).In("attention probability").MatchesSnapshot()
             .MatchesSnapshot(SnapshotRequest.OfPattern(head, () => model.PatternOf(head, RepeatedRandomTokens.Evaluation(model.Tokenizer, count: 8, length: 5).Prompts[0])));

    [Claim("exists: some head attends to the earlier occurrence of its token")]
    [HoldsOn("organism-a"), HoldsOn("organism-b")]
    [FailsOn("organism-a-dropout", Because = "The same recipe with dropout grows no duplicate-token head at all.")]
    public static Claim Exists(HookedTransformer model) =>
        Claim.Find(RepeatedRandomTokens.Discovery(model.Tokenizer), (prompts, head) => model.DuplicateTokenScore(head, prompts))
             .ThenJudge(RepeatedRandomTokens.Evaluation(model.Tokenizer)).IsAtLeast(0.3).In("attention probability").MatchesSnapshot();
}
