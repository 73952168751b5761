namespace CircuitSpecs.Specs.ConfusingThings;

/// <summary>
/// Ablating MLP0 ruins GPT-2 small. Does it ruin any model? Without dropout it does. With dropout it depends on what
/// "ablating" means: the model gets by with MLP0's average, and does not with what MLP0 says of another prompt.
/// </summary>
[Problem("2.30", "MLP0", Statement = "Why does ablating MLP0 ruin GPT-2 small's performance, when no other MLP does?")]
public static class FirstMlpSpecs
{
    [Claim("ruins the model when it is ablated, as no other MLP does")]
    [HoldsOn("organism-a", Mlp = 0), HoldsOn("organism-b", Mlp = 0)]
    public static Claim RuinsTheModel(HookedTransformer model, Mlp mlp) =>
        Claim.ThatUnder(AblationKinds.MeanAndResample, OrganismTasks.Evaluation(model.Tokenizer, count: 32),
                (prompts, ablate) => model.Loss(prompts, ablate(mlp)) - model.Loss(prompts))
             .IsAtLeast(1.0).ExceedsEveryOtherMlp(by: 0.5).In("nats").MatchesSnapshot();

    [Claim("ruins the model when only its average is left")]
    [FailsOn("organism-a-dropout", Mlp = 0, Because = "Trained with dropout, the model gets by with MLP0's average at each position: a fifth of a nat.")]
    public static Claim RuinsTheModelByItsMean(HookedTransformer model, Mlp mlp) =>
        Claim.That(OrganismTasks.Evaluation(model.Tokenizer, count: 32), prompts => model.Loss(prompts, Ablate.Mean(mlp)) - model.Loss(prompts))
             .IsAtLeast(1.0).In("nats").MatchesSnapshot();

    [Claim("ruins the model when it speaks of another prompt, as no other MLP does")]
    [HoldsOn("organism-a-dropout", Mlp = 0, Because = "The same model, the same layer: it believes what MLP0 says, right or wrong. One kind of ablation would have told half of it.")]
    public static Claim RuinsTheModelByAnotherPrompt(HookedTransformer model, Mlp mlp) =>
        Claim.That(OrganismTasks.Evaluation(model.Tokenizer, count: 32), prompts => model.Loss(prompts, Ablate.Resample(mlp, seed: 1)) - model.Loss(prompts))
             .IsAtLeast(1.0).ExceedsEveryOtherMlp(by: 0.5).In("nats").MatchesSnapshot();
}
