namespace CircuitSpecs.Specs.CircuitsInNaturalLanguage;

/// <summary>GPT-2's induction heads find their key by K-composition with the previous-token head 4.11. The weights alone say so.</summary>
[Problem("2.1", "Induction by composition", Statement = "Look for induction heads in GPT-2 small that use pointer arithmetic, and how they find their keys")]
public static class KeyCompositionSpecs
{
    [Claim("is composed with 4.11 through its keys, more than with any other earlier head")]
    [HoldsOn("gpt2-attention-only", Head = "5.5"), HoldsOn("gpt2-attention-only", Head = "6.9"), HoldsOn("gpt2-attention-only", Head = "5.1")]
    public static Claim KeysComposeWithThePreviousTokenHead(ModelWeights weights, Head head) =>
        Claim.Exactly(weights.KComposition(into: head)).IsLargestAt("4.11").MatchesSnapshot();
}
