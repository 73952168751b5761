using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Scores of heads from the eigenvalues of their circuits: Σ Re λ/Σ |λ| in [−1, 1], see <see cref="FactoredMatrix.EigenvalueShare"/>.
/// By default of the matrices as they are; norms count only as far as they are folded into them.
/// </summary>
public static class EigenvalueScores
{
    /// <summary>Copying score of a head: of W_E W_V W_O W_U, which is near 1 where attending to a token raises that token (Elhage et al. 2021).</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">Whether to fold in the weights of ln1 and ln_final (not their centring); without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static double OvCopyingScore(this ModelWeights weights, Head head, bool foldLayerNorm = false)
    {
        using DisposeScope scope = NewDisposeScope();
        return weights.FullOvCircuit(head, foldLayerNorm).EigenvalueShare().item<double>();
    }

    /// <summary><see cref="OvCopyingScore"/> of every head.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="foldLayerNorm">As for <see cref="OvCopyingScore"/>.</param>
    public static HeadTable OvCopyingScores(this ModelWeights weights, bool foldLayerNorm = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using DisposeScope scope = NewDisposeScope();

        // X Y and Y X have the same eigenvalues, so W_U goes before W_E and the vocabulary is summed over once for all heads.
        Tensor tokens = VocabularyProducts.Gram(weights["unembed.W_U"].transpose(0, 1), weights["embed.W_E"]);
        tokens = foldLayerNorm && weights.TryGet("ln_final.w", out Tensor? gain) ? tokens * gain.unsqueeze(-1) : tokens;
        return HeadTable.ByLayer("copying score (eigenvalues of W_E W_OV W_U)", weights, layer => weights.OvCircuits(layer, foldLayerNorm).Times(tokens).EigenvalueShare());
    }

    /// <summary>Matching score of a head: of W_E W_Q W_Kᵀ W_Eᵀ, which is near 1 where tokens attend to the same token.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">Whether to fold in ln1's weight; without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static double QkMatchingScore(this ModelWeights weights, Head head, bool foldLayerNorm = false)
    {
        using DisposeScope scope = NewDisposeScope();
        return weights.FullQkCircuit(head, foldLayerNorm).EigenvalueShare().item<double>();
    }

    /// <summary><see cref="QkMatchingScore"/> of every head.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="foldLayerNorm">As for <see cref="QkMatchingScore"/>.</param>
    public static HeadTable QkMatchingScores(this ModelWeights weights, bool foldLayerNorm = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = VocabularyProducts.Gram(weights["embed.W_E"], weights["embed.W_E"]);
        return HeadTable.ByLayer("matching score (eigenvalues of W_E W_QK W_Eᵀ)", weights, layer => weights.QkCircuits(layer, foldLayerNorm).Times(tokens).EigenvalueShare());
    }

    /// <summary>The same of W_V W_O alone: near 1 where a head writes what it reads in the same directions, whatever tokens mean there.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="foldLayerNorm">Whether to fold in ln1's weight; without effect on weights that are folded already.</param>
    public static HeadTable OvEigenvalueScores(this ModelWeights weights, bool foldLayerNorm = false) =>
        HeadTable.ByLayer("eigenvalue score of W_OV", weights, layer => weights.OvCircuits(layer, foldLayerNorm).EigenvalueShare());
}
