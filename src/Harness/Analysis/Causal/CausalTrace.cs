using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Analysis;

/// <summary>
/// The result of causal tracing: the answer's probability without noise, with it, and with it where an activation was
/// restored, [layer, position]. Every number is a prompt's mean over the samples of noise.
/// </summary>
public sealed class CausalTrace
{
    private readonly PerPrompt[,] restored;

    internal CausalTrace(PerPrompt clean, PerPrompt corrupted, ImmutableArray<Position> positions, PerPrompt[,] restored)
    {
        Clean = clean;
        Corrupted = corrupted;
        Positions = positions;
        this.restored = restored;
    }

    /// <summary>The answer's probability on the unchanged prompts.</summary>
    public PerPrompt Clean { get; }

    /// <summary>The answer's probability with noise on the subject.</summary>
    public PerPrompt Corrupted { get; }

    /// <summary>Clean minus corrupted: what there is to restore.</summary>
    public PerPrompt TotalEffect => Clean - Corrupted;

    /// <summary>Number of layers.</summary>
    public int Layers => restored.GetLength(0);

    /// <summary>The positions, the second axis of the table.</summary>
    public ImmutableArray<Position> Positions { get; }

    /// <summary>The answer's probability with noise, after restoring around a layer at a position.</summary>
    /// <param name="layer">The layer, from 0: the middle of the window.</param>
    /// <param name="position">One of <see cref="Positions"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The trace has no such layer or position.</exception>
    public PerPrompt Restored(int layer, Position position)
    {
        int column = Positions.IndexOf(position);
        return layer >= 0 && layer < Layers && column >= 0
            ? restored[layer, column]
            : throw new ArgumentOutOfRangeException(nameof(position), $"The trace has no layer {layer} at position {position}; it has layers 0 to {Layers - 1} at {string.Join(", ", Positions)}.");
    }

    /// <summary>Restored minus corrupted; averaged over prompts, the average indirect effect (Meng et al. 2022, section 2.1).</summary>
    /// <param name="layer">The layer, from 0: the middle of the window.</param>
    /// <param name="position">One of <see cref="Positions"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The trace has no such layer or position.</exception>
    public PerPrompt IndirectEffect(int layer, Position position) => Restored(layer, position) - Corrupted;

    /// <summary>The mean over prompts of <see cref="IndirectEffect"/>.</summary>
    /// <returns>[layer, position].</returns>
    public double[,] AverageIndirectEffect()
    {
        double[,] effects = new double[Layers, Positions.Length];
        for (int layer = 0; layer < Layers; layer++)
        {
            for (int column = 0; column < Positions.Length; column++)
            {
                effects[layer, column] = (restored[layer, column] - Corrupted).Value;
            }
        }

        return effects;
    }
}
