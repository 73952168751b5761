namespace CircuitSpecs.Discovery;

/// <summary>How edges are chosen by their scores.</summary>
public enum CircuitSelection
{
    /// <summary>The best edges wherever they are, see <see cref="EdgeScores.Top"/>.</summary>
    Top,

    /// <summary>From the logits backwards, see <see cref="EdgeScores.Greedy"/>.</summary>
    Greedy,
}
