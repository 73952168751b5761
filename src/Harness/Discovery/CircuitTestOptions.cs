using CircuitSpecs.Statistics;

namespace CircuitSpecs.Discovery;

/// <summary>How <see cref="CircuitHypotheses"/> are tested; what stands here is what Shi et al. (2024) took.</summary>
public sealed record CircuitTestOptions
{
    /// <summary>The score of a prompt; null takes the logit difference.</summary>
    public CircuitMetric? Metric { get; init; }

    /// <summary>What edges that are knocked out carry; null takes the corrupted prompts' values.</summary>
    public EdgeAblation? Outside { get; init; }

    /// <summary>α.</summary>
    public double Level { get; init; } = 0.05;

    /// <summary>ε of the equivalence test.</summary>
    public double Margin { get; init; } = 0.1;

    /// <summary>Score differences up to this size are ties: the rounding of a float32 run.</summary>
    public double Tie { get; init; } = 1e-4;

    /// <summary>q*, the share of random circuits or edges that has to be beaten.</summary>
    public double Quantile { get; init; } = 0.9;

    /// <summary>How many random circuits or edges are drawn.</summary>
    public int Draws { get; init; } = 100;

    /// <summary>
    /// Whether random circuits are drawn from the edges that the circuit lacks. Where the graph is small, circuits from the whole model share the edges that matter,
    /// and a tie is no win.
    /// </summary>
    public bool DrawFromComplement { get; init; }

    /// <summary>How scores of two circuits are compared.</summary>
    public ScoreDistance Distance { get; init; } = ScoreDistance.MeanAbsolute;

    /// <summary>Fixes random circuits and permutations.</summary>
    public int Seed { get; init; }

    /// <summary>Is told how far a test has come.</summary>
    public IProgress<DiscoveryProgress>? Progress { get; init; }

    /// <summary>Ends a test between runs.</summary>
    public CancellationToken Cancellation { get; init; }
}
