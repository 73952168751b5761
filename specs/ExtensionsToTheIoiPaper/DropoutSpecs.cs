namespace CircuitSpecs.Specs.ExtensionsToTheIoiPaper;

/// <summary>One recipe, one seed, with and without dropout: what did dropout change?</summary>
[Problem("2.24", "What dropout changes", Statement = "What are the conditions for compensation mechanisms to occur? Is it dropout?")]
public static class DropoutSpecs
{
    [Claim("reads the indirect object at END in layer 2: cut, the answer turns around")]
    [HoldsOn("organism-a-dropout")]
    [FailsOn("organism-a", Because = "Without dropout nothing is lost: this path is not used."), FailsOn("organism-b", Because = "The same in another seed.")]
    public static Claim ReadsTheIndirectObjectInLayerTwo(HookedTransformer model) =>
        Claim.That(IndirectObjectIdentification.Evaluation(model.Tokenizer), prompts => model.LogitDifferenceKept(prompts, AttentionKnockout.Of(new AttentionLayer(2), from: "END", to: "IO")))
             .IsAtMost(0.2).In("share of the logit difference").MatchesSnapshot();
}
