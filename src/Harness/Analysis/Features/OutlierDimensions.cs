using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Outlier dimensions by the criterion of LLM.int8() (Dettmers et al. 2022, arXiv 2208.07339, §4.1): a dimension whose
/// values are at least 6 in size, in at least 25 % of the layers and at 6 % of the positions. The sentence can be read in
/// two ways, and both are given.
/// </summary>
public sealed class OutlierDimensions
{
    private OutlierDimensions(double[] layersWithAny, double[] positionsWithAny, double[] layersOverShare, double layerFraction, double positionFraction)
    {
        ShareOfLayers = [.. layersWithAny];
        ShareOfPositions = [.. positionsWithAny];
        AnyInLayer = [.. Dimensions(layersWithAny.Length, dimension => Reaches(layersWithAny[dimension], layerFraction) && Reaches(positionsWithAny[dimension], positionFraction))];
        PerLayer = [.. Dimensions(layersOverShare.Length, dimension => Reaches(layersOverShare[dimension], layerFraction))];
    }

    /// <summary>For each dimension the share of layers in which it is large at any position.</summary>
    public ImmutableArray<double> ShareOfLayers { get; }

    /// <summary>For each dimension the share of positions, over all prompts, at which it is large in any layer.</summary>
    public ImmutableArray<double> ShareOfPositions { get; }

    /// <summary>The first reading: large anywhere in enough layers, and at enough positions in any layer.</summary>
    public ImmutableArray<int> AnyInLayer { get; }

    /// <summary>The second reading: in enough layers large at enough positions of that very layer.</summary>
    public ImmutableArray<int> PerLayer { get; }

    /// <summary>Finds them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts; all positions count, the first too.</param>
    /// <param name="input">In which activations.</param>
    /// <param name="threshold">What size is large.</param>
    /// <param name="layerFraction">The share of layers, above 0.</param>
    /// <param name="positionFraction">The share of positions, above 0.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static OutlierDimensions Of(
        HookedTransformer model,
        PromptSet prompts,
        OutlierInput input = OutlierInput.Residual,
        double threshold = 6,
        double layerFraction = 0.25,
        double positionFraction = 0.06,
        params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layerFraction);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positionFraction);
        ModelConfig config = model.Config;
        int width = config.DModel;
        int[][] hits = [.. Enumerable.Range(0, config.Layers).Select(_ => new int[width])];
        int[] inAnyLayer = new int[width];
        int tokens = 0;
        IReadOnlyList<HookPoint> points = [.. Enumerable.Range(0, config.Layers).Select(layer => input == OutlierInput.Residual ? Hook.ResidPost(layer) : Hook.Ln1Normalized(layer))];
        float[]?[] gains = [.. Enumerable.Range(0, config.Layers).Select(layer => input == OutlierInput.Normalized ? GainAfter(model, layer) : null)];
        LayerActivations.Read(model, prompts, interventions, points, (batch, values) =>
        {
            int count = batch.Count * batch.Length;
            tokens += count;
            bool[] any = new bool[width];
            for (int token = 0; token < count; token++)
            {
                Array.Clear(any);
                for (int layer = 0; layer < config.Layers; layer++)
                {
                    ReadOnlySpan<float> row = values[layer].AsSpan(token * width, width);
                    ReadOnlySpan<float> gain = gains[layer];
                    for (int dimension = 0; dimension < width; dimension++)
                    {
                        bool large = Math.Abs(gain.IsEmpty ? row[dimension] : row[dimension] * gain[dimension]) >= threshold;
                        any[dimension] |= large;
                        hits[layer][dimension] += large ? 1 : 0;
                    }
                }

                for (int dimension = 0; dimension < width; dimension++)
                {
                    inAnyLayer[dimension] += any[dimension] ? 1 : 0;
                }
            }
        });
        double Layers(int dimension, double share) => hits.Count(layer => layer[dimension] > 0 && Reaches(layer[dimension] / (double)tokens, share)) / (double)config.Layers;
        return new OutlierDimensions(
            [.. Enumerable.Range(0, width).Select(dimension => Layers(dimension, 0))],
            [.. inAnyLayer.Select(count => count / (double)tokens)],
            [.. Enumerable.Range(0, width).Select(dimension => Layers(dimension, positionFraction))],
            layerFraction,
            positionFraction);
    }

    /// <summary>The norm's weight where <c>hook_normalized</c> stands before it; null where the activation has it already, or there is none.</summary>
    private static float[]? GainAfter(HookedTransformer model, int layer)
    {
        string name = $"blocks.{layer}.ln1.w";
        return model.Config.Norm == NormKind.RmsNorm && model.Weights.TryGet(name, out Tensor? weight) ? weight.contiguous().data<float>().ToArray() : null;
    }

    // A share that is a count over a count may miss the fraction by rounding.
    private static bool Reaches(double share, double fraction) => share >= fraction - 1e-12;

    private static IEnumerable<int> Dimensions(int count, Func<int, bool> isOutlier) => Enumerable.Range(0, count).Where(isOutlier);
}
