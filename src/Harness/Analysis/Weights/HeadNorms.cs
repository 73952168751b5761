using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Frobenius norms of the circuits of heads, accumulated in float64.</summary>
public static class HeadNorms
{
    /// <summary>‖W_Q W_Kᵀ‖ of a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">Whether to fold ln1's weight in first (not its centring), so that layers can be compared; without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static double QkNorm(this ModelWeights weights, Head head, bool foldLayerNorm = true)
    {
        using DisposeScope scope = NewDisposeScope();
        return weights.QkCircuit(head, foldLayerNorm).Norm().item<double>();
    }

    /// <summary>‖W_V W_O‖ of a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkNorm"/>.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static double OvNorm(this ModelWeights weights, Head head, bool foldLayerNorm = true)
    {
        using DisposeScope scope = NewDisposeScope();
        return weights.OvCircuit(head, foldLayerNorm).Norm().item<double>();
    }

    /// <summary>‖W_Q W_Kᵀ‖ of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkNorm"/>.</param>
    public static HeadTable QkNorms(this ModelWeights weights, bool foldLayerNorm = true) =>
        HeadTable.ByLayer("norm of W_QK", weights, layer => weights.QkCircuits(layer, foldLayerNorm).Norm());

    /// <summary>‖W_V W_O‖ of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkNorm"/>.</param>
    public static HeadTable OvNorms(this ModelWeights weights, bool foldLayerNorm = true) =>
        HeadTable.ByLayer("norm of W_OV", weights, layer => weights.OvCircuits(layer, foldLayerNorm).Norm());
}
