namespace CircuitSpecs.Specs.ConfusingThings;

/// <summary>Ablating MLP0 ruins GPT-2 small. Does it ruin any model?</summary>
[Problem("2.30", "MLP0", Statement = "Why does ablating MLP0 ruin GPT-2 small's performance, when no other MLP does?")]
public static class FirstMlpSpecs
{
    [Claim("ruins the model when it is ablated, as no other MLP does")]
    [HoldsOn("organism-a", Mlp = 0), HoldsOn("organism-b", Mlp = 0)]
    [FailsOn("organism-a-dropout", Mlp = 0, Because = "Trained with dropout, the model does not put everything on one layer: MLP0 is missed, but it is no ruin.")]
    public static Claim RuinsTheModel(HookedTransformer model, Mlp mlp) =>
        Claim.ThatUnder(AblationKinds.MeanAndResample, OrganismTasks.Evaluation(model.Tokenizer),
                (prompts, ablate) => model.Loss(prompts, ablate(mlp)) - model.Loss(prompts))
             .IsAtLeast(1.0).ExceedsEveryOtherMlp(by: 0.5).In("nats").MatchesSnapshot();
}
