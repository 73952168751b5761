using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Analysis;

/// <summary>Frobenius norms of the circuits of heads, accumulated in float64.</summary>
public static class HeadNorms
{
    /// <summary>‖W_Q W_Kᵀ‖ of a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">Whether to fold ln1's weight in first (not its centring), so that layers can be compared; without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static double QkNorm(this ModelWeights weights, Head head, bool foldLayerNorm = true) => Matrices(weights, head, foldLayerNorm).QkNorm;

    /// <summary>‖W_V W_O‖ of a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkNorm"/>.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static double OvNorm(this ModelWeights weights, Head head, bool foldLayerNorm = true) => Matrices(weights, head, foldLayerNorm).OvNorm;

    /// <summary>‖W_Q W_Kᵀ‖ of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkNorm"/>.</param>
    public static HeadTable QkNorms(this ModelWeights weights, bool foldLayerNorm = true) => Table(weights, "norm of W_QK", head => weights.QkNorm(head, foldLayerNorm));

    /// <summary>‖W_V W_O‖ of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkNorm"/>.</param>
    public static HeadTable OvNorms(this ModelWeights weights, bool foldLayerNorm = true) => Table(weights, "norm of W_OV", head => weights.OvNorm(head, foldLayerNorm));

    private static HeadMatrices Matrices(ModelWeights weights, Head head, bool foldLayerNorm)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(head);
        return new HeadMatrices(weights, head, foldLayerNorm);
    }

    private static HeadTable Table(ModelWeights weights, string name, Func<Head, double> value)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new HeadTable(name, Head.AllIn(weights.Config).Select(head => KeyValuePair.Create(head, value(head))));
    }
}
