using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>What position embeddings alone would make a head attend to: scores W_pos W_Q W_Kᵀ W_posᵀ under the causal mask.</summary>
public static class PositionalAttention
{
    /// <summary>Share of queries i ≥ 1 whose highest-scoring key is i − offset.</summary>
    /// <param name="weights">The parameters; W_pos suffices beside the head's own.</param>
    /// <param name="head">The head.</param>
    /// <param name="offset">1 for the previous token, 0 for the token itself.</param>
    /// <param name="foldLayerNorm">Whether ln1's weight is folded into W_Q and W_K; without effect on weights that are folded already.</param>
    /// <param name="biases">Whether b_Q and b_K are added.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public static double PositionalShare(this ModelWeights weights, Head head, int offset = 1, bool foldLayerNorm = false, bool biases = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(head);
        if (!head.ExistsIn(weights.Config))
        {
            throw new ArgumentException($"Model '{weights.Name}' has no head {head}.", nameof(head));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor positions = weights["pos_embed.W_pos"];
        if (foldLayerNorm && weights.TryGet($"blocks.{head.Layer}.ln1.w", out Tensor? gain))
        {
            positions = positions * gain;
        }

        float[] scores = Read("Q").matmul(Read("K").transpose(0, 1)).contiguous().data<float>().ToArray();
        int length = (int)positions.shape[0];
        int hits = 0;
        for (int query = 1; query < length; query++)
        {
            // Only keys up to the query: the causal mask.
            ReadOnlySpan<float> keys = scores.AsSpan(query * length, query + 1);
            int best = 0;
            for (int key = 1; key < keys.Length; key++)
            {
                best = keys[key] > keys[best] ? key : best;
            }

            hits += best == query - offset ? 1 : 0;
        }

        return hits / (double)(length - 1);

        Tensor Read(string role)
        {
            Tensor projected = positions.matmul(weights[$"blocks.{head.Layer}.attn.W_{role}"].select(0, head.Index));
            return biases && weights.TryGet($"blocks.{head.Layer}.attn.b_{role}", out Tensor? bias) ? projected + bias.select(0, head.Index) : projected;
        }
    }

    /// <summary><see cref="PositionalShare"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="offset">1 for the previous token.</param>
    /// <param name="foldLayerNorm">Whether ln1's weight is folded in.</param>
    /// <param name="biases">Whether b_Q and b_K are added.</param>
    public static HeadTable PositionalShares(this ModelWeights weights, int offset = 1, bool foldLayerNorm = false, bool biases = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new HeadTable(
            $"share of positions whose best key by W_pos alone is i − {offset}",
            Head.AllIn(weights.Config).Select(head => KeyValuePair.Create(head, weights.PositionalShare(head, offset, foldLayerNorm, biases))));
    }
}
