namespace CircuitSpecs.Claims;

/// <summary>The numbers that every judgement depends on. They stand in every result's conventions.</summary>
public sealed record JudgementOptions
{
    /// <summary>Confidence of intervals that are compared with a threshold.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Confidence of intervals in equivalence tests: two one-sided tests at 5 % are the 90 % interval.</summary>
    public double EquivalenceConfidence { get; init; } = 0.90;

    /// <summary>Bootstrap resamples.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Permutations of the max-statistic test over all components: enough that p can stay below 0.05 after Holm's correction over 250 claims.</summary>
    public int Permutations { get; init; } = 4999;

    /// <summary>Fewer prompts than this, and the set-up is invalid: no interval over them means anything.</summary>
    public int MinimumPrompts { get; init; } = 8;

    /// <summary>Null models of each kind.</summary>
    public int NullSeeds { get; init; } = 2;

    /// <summary>Components of a kind up to which specificity is measured; a layer's neurons are more.</summary>
    public int LargestSweep { get; init; } = 1024;

    /// <summary>Whether inconclusive counts as failed: <c>CIRCUITSPECS_STRICT=1</c>.</summary>
    public bool Strict { get; init; } = Environment.GetEnvironmentVariable("CIRCUITSPECS_STRICT") == "1";
}
