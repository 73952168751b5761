using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// The two matrices that a head is (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"), for row vectors:
/// W_QK = W_Q W_Kᵀ says which key a query looks for, W_OV = W_V W_O what is written where something is attended to. Under grouped-query
/// attention a query head has the keys and values of the head that it reads. With rotary positions W_QK is the circuit at distance 0.
/// All in float64; biases are left out, as is the division of scores.
/// </summary>
public static class HeadCircuits
{
    /// <summary>W_Q W_Kᵀ [d_model, d_model] of a head.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">Whether to fold ln1's weight in first (not its centring); without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static FactoredMatrix QkCircuit(this ModelWeights weights, Head head, bool foldLayerNorm = false)
    {
        Require(weights, head);
        using DisposeScope scope = NewDisposeScope();
        return Kept(scope, Reader(weights, head.Layer, "Q", foldLayerNorm).select(0, head.Index), Reader(weights, head.Layer, "K", foldLayerNorm).select(0, weights.Config.KeyValueHeadOf(head.Index)).transpose(0, 1));
    }

    /// <summary>W_V W_O [d_model, d_model] of a head.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkCircuit"/>.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static FactoredMatrix OvCircuit(this ModelWeights weights, Head head, bool foldLayerNorm = false)
    {
        Require(weights, head);
        using DisposeScope scope = NewDisposeScope();
        return Kept(scope, Reader(weights, head.Layer, "V", foldLayerNorm).select(0, weights.Config.KeyValueHeadOf(head.Index)), weights[$"blocks.{head.Layer}.attn.W_O"].select(0, head.Index));
    }

    /// <summary>W_Q W_Kᵀ of all heads of a layer, [head, d_model, d_model].</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkCircuit"/>.</param>
    /// <exception cref="ArgumentException">The model has no such layer.</exception>
    public static FactoredMatrix QkCircuits(this ModelWeights weights, int layer, bool foldLayerNorm = false)
    {
        Require(weights, new Head(layer, 0));
        using DisposeScope scope = NewDisposeScope();
        return Kept(scope, Reader(weights, layer, "Q", foldLayerNorm), PerQueryHead(weights.Config, Reader(weights, layer, "K", foldLayerNorm)).transpose(1, 2));
    }

    /// <summary>W_V W_O of all heads of a layer, [head, d_model, d_model].</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkCircuit"/>.</param>
    /// <exception cref="ArgumentException">The model has no such layer.</exception>
    public static FactoredMatrix OvCircuits(this ModelWeights weights, int layer, bool foldLayerNorm = false)
    {
        Require(weights, new Head(layer, 0));
        using DisposeScope scope = NewDisposeScope();
        return Kept(scope, PerQueryHead(weights.Config, Reader(weights, layer, "V", foldLayerNorm)), weights[$"blocks.{layer}.attn.W_O"]);
    }

    /// <summary>The full QK circuit W_E W_Q W_Kᵀ W_Eᵀ [d_vocab, d_vocab]: how much each token as a query looks for each as a key.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkCircuit"/>.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static FactoredMatrix FullQkCircuit(this ModelWeights weights, Head head, bool foldLayerNorm = false)
    {
        using DisposeScope scope = NewDisposeScope();
        FactoredMatrix qk = weights.QkCircuit(head, foldLayerNorm);
        Tensor embedding = weights["embed.W_E"];
        return Kept(scope, VocabularyProducts.Rows(embedding, qk.A), VocabularyProducts.Rows(embedding, qk.B.transpose(0, 1)).transpose(0, 1));
    }

    /// <summary>The full OV circuit W_E W_V W_O W_U [d_vocab, d_vocab]: how attending to each token changes each logit, up to the final scale.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">Whether to fold in the weights of ln1 and ln_final; without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static FactoredMatrix FullOvCircuit(this ModelWeights weights, Head head, bool foldLayerNorm = false)
    {
        using DisposeScope scope = NewDisposeScope();
        FactoredMatrix ov = weights.OvCircuit(head, foldLayerNorm);
        Tensor written = foldLayerNorm && weights.TryGet("ln_final.w", out Tensor? gain) ? ov.B * gain : ov.B;
        return Kept(scope, VocabularyProducts.Rows(weights["embed.W_E"], ov.A), VocabularyProducts.Rows(weights["unembed.W_U"].transpose(0, 1), written.transpose(0, 1)).transpose(0, 1));
    }

    internal static void Require(ModelWeights weights, Head head)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(head);
        if (!head.ExistsIn(weights.Config))
        {
            throw new ArgumentException($"Model '{weights.Name}' has no head {head}: it has {weights.Config.Layers} layers of {weights.Config.Heads} heads.", nameof(head));
        }
    }

    /// <summary>W_Q, W_K or W_V of a layer [head or key/value head, d_model, d_head].</summary>
    private static Tensor Reader(ModelWeights weights, int layer, string role, bool foldLayerNorm)
    {
        Tensor matrices = weights[$"blocks.{layer}.attn.W_{role}"].to(ScalarType.Float64);
        return foldLayerNorm && weights.TryGet($"blocks.{layer}.ln1.w", out Tensor? gain) ? matrices * gain.unsqueeze(-1) : matrices;
    }

    private static Tensor PerQueryHead(ModelConfig config, Tensor matrices) =>
        config.GroupsKeyValues ? matrices.repeat_interleave(config.Heads / config.KeyValueHeads, 0) : matrices;

    private static FactoredMatrix Kept(DisposeScope scope, Tensor a, Tensor b)
    {
        var matrix = new FactoredMatrix(a, b);
        scope.MoveToOuter(matrix.A, matrix.B);
        return matrix;
    }
}
