using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.TestData;

/// <summary>A true claim with a snapshot; what comes of it depends on the files that the tests put in its way.</summary>
[Problem("0.3", "Snapshots")]
public static class SnapshotClaims
{
    [Claim("is predicted by induction, to the third decimal")]
    [HoldsOn("organism-a")]
    public static Claim WithSnapshot(HookedTransformer model) =>
        Claim.That(Repeats.Of(model), prompts => model.Loss(prompts)).IsAtMost(1.0).In("nats").MatchesSnapshot();
}
