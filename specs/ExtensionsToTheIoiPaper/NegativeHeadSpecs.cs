namespace CircuitSpecs.Specs.ExtensionsToTheIoiPaper;

/// <summary>Heads that write against the name they attend to, as GPT-2's negative name movers do.</summary>
[Problem("2.23", "Heads that write against a name", Statement = "What is the role of negative, backup and regular name mover heads outside of IOI?")]
public static class NegativeHeadSpecs
{
    [Claim("writes against the name it attends to")]
    [HoldsOn("organism-a", Head = "2.0"), HoldsOn("organism-b", Head = "2.0")]
    [FailsOn("organism-a", Head = "3.0", Because = "An induction head writes the word it attends to, names among them.")]
    public static Claim WritesAgainstTheName(HookedTransformer model, Head head) =>
        Claim.Exactly(model.Weights.OvLowestShare(head, OrganismPools.Names(model.Tokenizer), count: 5)).IsAtLeast(0.8).In("share of names among the five lowest of 80");
}
