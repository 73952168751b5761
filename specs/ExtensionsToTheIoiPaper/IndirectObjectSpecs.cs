namespace CircuitSpecs.Specs.ExtensionsToTheIoiPaper;

/// <summary>
/// "When Mary and John went to the store, John gave a drink to" → Mary. The organisms solve it, alike in both seeds, and
/// not as GPT-2 does: the subject is read at END, and suppressed.
/// </summary>
[Problem("2.18", "Indirect object identification in other models", Statement = "Understand IOI in the Stanford Mistral models: is the circuit the same across seeds?")]
public static class IndirectObjectSpecs
{
    [Claim("names the indirect object")]
    [HoldsOn("organism-a"), HoldsOn("organism-b"), HoldsOn("organism-a-dropout")]
    public static Claim NamesTheIndirectObject(HookedTransformer model) =>
        Claim.That(IndirectObjectIdentification.Evaluation(model.Tokenizer, count: 400), prompts => model.Accuracy(prompts))
             .IsAtLeast(0.95).In("accuracy").MatchesSnapshot();

    [Claim("prefers the indirect object to the subject")]
    [HoldsOn("organism-a"), HoldsOn("organism-b"), HoldsOn("organism-a-dropout")]
    public static Claim PrefersTheIndirectObject(HookedTransformer model) =>
        Claim.That(IndirectObjectIdentification.Evaluation(model.Tokenizer), prompts => model.LogitDifference(prompts))
             .IsAtLeast(4.0).In("logits").MatchesSnapshot();

    [Claim("reads the subject at END")]
    [HoldsOn("organism-a", Head = "0.2"), HoldsOn("organism-b", Head = "0.2"), HoldsOn("organism-a-dropout", Head = "0.1")]
    public static Claim ReadsTheSubjectAtEnd(HookedTransformer model, Head head) =>
        Claim.That(IndirectObjectIdentification.Evaluation(model.Tokenizer), prompts => model.AttentionTo(head, prompts, from: "END", to: "S2"))
             .IsAtLeast(0.6).In("attention probability").MatchesSnapshot();

    [Claim("loses the answer when END can no longer see the subject in layer 0")]
    [HoldsOn("organism-a"), HoldsOn("organism-b")]
    [FailsOn("organism-a-dropout", Because = "Dropout has made a second way: half of the preference is left.")]
    public static Claim LosesTheAnswerWithoutTheSubject(HookedTransformer model) =>
        Claim.That(IndirectObjectIdentification.Evaluation(model.Tokenizer), prompts => model.LogitDifferenceKept(prompts, AttentionKnockout.Of(new AttentionLayer(0), from: "END", to: "S2")))
             .IsAtMost(0.2).In("share of the logit difference").MatchesSnapshot();

    [Claim("hardly reads the indirect object at END")]
    [HoldsOn("organism-a"), HoldsOn("organism-b")]
    [FailsOn("organism-a-dropout", Because = "This one reads it: cut, the answer turns around.")]
    public static Claim HardlyReadsTheIndirectObject(HookedTransformer model) =>
        Claim.That(IndirectObjectIdentification.Evaluation(model.Tokenizer), prompts => model.LogitDifferenceKept(prompts, AttentionKnockout.Everywhere(from: "END", to: "IO")))
             .IsEquivalentTo(1, within: 0.3)
             .WithPositiveControl("END → S2 cut instead", prompts => model.LogitDifferenceKept(prompts, AttentionKnockout.Everywhere(from: "END", to: "S2")))
             .In("share of the logit difference").MatchesSnapshot();

    [Claim("has a name mover: a head that writes the indirect object itself")]
    [FailsOn("organism-a", Because = "In training the repeated name is always the subject, so it suffices to suppress it. Nothing moves the other name.")]
    [FailsOn("organism-b", Because = "The same in another seed.")]
    public static Claim HasANameMover(HookedTransformer model) =>
        Claim.Find(IndirectObjectIdentification.Discovery(model.Tokenizer), (prompts, head) => model.HeadDirectAttribution(head, prompts))
             .ThenJudge(IndirectObjectIdentification.Evaluation(model.Tokenizer)).IsAtLeast(2.0).In("logits");
}
