using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Analysis;

/// <summary>
/// How strongly a head reads what an earlier one writes, by the weights alone (Elhage et al. 2021, "A Mathematical
/// Framework for Transformer Circuits"): ‖W_OV¹ R‖/(‖W_OV¹‖ ‖R‖) in Frobenius norms, for row vectors x W, with
/// R = W_QK (queries), W_QKᵀ (keys) or W_OV (values) of the later head; W_QK = W_Q W_Kᵀ, W_OV = W_V W_O. Accumulated in
/// float64. Random matrices give a baseline of its own for each shape of model, not zero.
/// </summary>
public static class Composition
{
    /// <summary>K-composition of one head into another: what the keys of the later head read of what the earlier one writes.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="from">The earlier head.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The first head is not in an earlier layer, or a head does not exist.</exception>
    public static double KComposition(this ModelWeights weights, Head from, Head into) => Score(weights, from, into, Keys);

    /// <summary>K-composition of every head of the layers before into a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The head is in the first layer, or does not exist.</exception>
    public static HeadTable KComposition(this ModelWeights weights, Head into) => Table(weights, into, "K", Keys);

    /// <summary>Q-composition of one head into another.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="from">The earlier head.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The first head is not in an earlier layer, or a head does not exist.</exception>
    public static double QComposition(this ModelWeights weights, Head from, Head into) => Score(weights, from, into, Queries);

    /// <summary>Q-composition of every head of the layers before into a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The head is in the first layer, or does not exist.</exception>
    public static HeadTable QComposition(this ModelWeights weights, Head into) => Table(weights, into, "Q", Queries);

    /// <summary>V-composition of one head into another.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="from">The earlier head.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The first head is not in an earlier layer, or a head does not exist.</exception>
    public static double VComposition(this ModelWeights weights, Head from, Head into) => Score(weights, from, into, Values);

    /// <summary>V-composition of every head of the layers before into a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The head is in the first layer, or does not exist.</exception>
    public static HeadTable VComposition(this ModelWeights weights, Head into) => Table(weights, into, "V", Values);

    private static double Keys(HeadMatrices first, HeadMatrices second) => Share(first, second.K, second.Q, second.QkNorm);

    private static double Queries(HeadMatrices first, HeadMatrices second) => Share(first, second.Q, second.K, second.QkNorm);

    private static double Values(HeadMatrices first, HeadMatrices second) => Share(first, second.V, second.O, second.OvNorm);

    /// <summary>‖W_V¹ W_O¹ R‖/(‖W_OV¹‖ ‖R‖) with R = readingᵀ other, both given as d_head rows.</summary>
    private static double Share(HeadMatrices first, double[][] reading, double[][] other, double norm) =>
        HeadMatrices.Norm(HeadMatrices.Products(first.V, first.V), HeadMatrices.Products(first.O, reading), HeadMatrices.Products(other, other)) / (first.OvNorm * norm);

    private static double Score(ModelWeights weights, Head from, Head into, Func<HeadMatrices, HeadMatrices, double> score)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(into);
        return from.Layer < into.Layer
            ? score(new HeadMatrices(weights, from, foldLayerNorm: false), new HeadMatrices(weights, into, foldLayerNorm: false))
            : throw new ArgumentException($"Head {from} is not in a layer before {into}: it cannot write what that one reads.", nameof(from));
    }

    private static HeadTable Table(ModelWeights weights, Head into, string kind, Func<HeadMatrices, HeadMatrices, double> score)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(into);
        if (into.Layer == 0)
        {
            throw new ArgumentException($"Head {into} is in the first layer: nothing composes into it.", nameof(into));
        }

        var second = new HeadMatrices(weights, into, foldLayerNorm: false);
        return new HeadTable(
            $"{kind}-composition into {into}",
            Head.AllIn(weights.Config).Where(head => head.Layer < into.Layer)
                .Select(head => KeyValuePair.Create(head, score(new HeadMatrices(weights, head, foldLayerNorm: false), second))));
    }
}
