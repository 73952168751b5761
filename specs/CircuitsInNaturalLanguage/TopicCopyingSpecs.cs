namespace CircuitSpecs.Specs.CircuitsInNaturalLanguage;

/// <summary>"do you like the X?" → "yes, the" X: a dialogue model copies the topic of the question into its answer.</summary>
[Problem("2.13", "Topic copying", Statement = "Choose your own adventure: a circuit in natural language of your own")]
public static class TopicCopyingSpecs
{
    [Claim("prefers the topic of the question")]
    [HoldsOn("tinychat-5m")]
    public static Claim PrefersTheTopic(HookedTransformer model) =>
        Claim.That(TopicCopying.Evaluation(model.Tokenizer), prompts => model.LogitDifference(prompts))
             .IsAtLeast(4.0).In("logits").MatchesSnapshot();

    [Claim("writes the topic: the largest direct contribution of all heads")]
    [HoldsOn("tinychat-5m", Head = "5.0")]
    [FailsOn("tinychat-5m", Head = "5.4", Because = "Its OV circuit anti-copies: it writes against what it attends to.")]
    public static Claim WritesTheTopic(HookedTransformer model, Head head) =>
        Claim.That(TopicCopying.Evaluation(model.Tokenizer), prompts => model.HeadDirectAttribution(head, prompts))
             .IsAtLeast(2.0).ExceedsEveryOtherHead(by: 1.0).In("logits").MatchesSnapshot();

    [Claim("is needed: half of the preference goes with it")]
    [HoldsOn("tinychat-5m", Head = "5.0")]
    public static Claim IsNeeded(HookedTransformer model, Head head) =>
        Claim.ThatUnder(AblationKinds.MeanAndResample, TopicCopying.Evaluation(model.Tokenizer),
                (prompts, ablate) => model.LogitDifferenceKept(prompts, ablate(head)))
             .IsAtMost(0.7).In("share of the logit difference").MatchesSnapshot();
}
