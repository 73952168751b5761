using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// What position embeddings alone would make a head attend to: scores W_pos W_Q W_Kᵀ W_posᵀ under the causal mask. Only models with learned
/// positions have them; rotary positions and linear biases act on whatever the content is.
/// </summary>
public static class PositionalAttention
{
    /// <summary>Share of queries i ≥ 1 whose highest-scoring key is i − offset.</summary>
    /// <param name="weights">The parameters; W_pos suffices beside the head's own.</param>
    /// <param name="head">The head.</param>
    /// <param name="offset">1 for the previous token, 0 for the token itself.</param>
    /// <param name="foldLayerNorm">Whether ln1's weight is folded into W_Q and W_K; without effect on weights that are folded already.</param>
    /// <param name="biases">Whether b_Q and b_K are added.</param>
    /// <exception cref="ArgumentException">The model has no such head, or no learned positions.</exception>
    public static double PositionalShare(this ModelWeights weights, Head head, int offset = 1, bool foldLayerNorm = false, bool biases = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        using DisposeScope scope = NewDisposeScope();
        long[] best = Scores(weights, head, foldLayerNorm, biases).argmax(-1).data<long>().ToArray();
        return Enumerable.Range(1, best.Length - 1).Count(query => best[query] == query - offset) / (double)(best.Length - 1);
    }

    /// <summary><see cref="PositionalShare"/> of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="offset">1 for the previous token.</param>
    /// <param name="foldLayerNorm">Whether ln1's weight is folded in.</param>
    /// <param name="biases">Whether b_Q and b_K are added.</param>
    /// <exception cref="ArgumentException">The model has no learned positions.</exception>
    public static HeadTable PositionalShares(this ModelWeights weights, int offset = 1, bool foldLayerNorm = false, bool biases = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new HeadTable(
            $"share of positions whose best key by W_pos alone is i − {offset}",
            Head.AllIn(weights.Config).Select(head => KeyValuePair.Create(head, weights.PositionalShare(head, offset, foldLayerNorm, biases))));
    }

    /// <summary>
    /// How attention by positions alone falls off with distance: at each offset the mean over queries i ≥ max(offset, 1) of the attention
    /// probability of i − offset, the scores divided as the model divides them.
    /// </summary>
    /// <param name="weights">The parameters; W_pos suffices beside the head's own.</param>
    /// <param name="head">The head.</param>
    /// <param name="offsets">How many offsets, from 0; null for all of the context.</param>
    /// <param name="foldLayerNorm">As for <see cref="PositionalShare"/>.</param>
    /// <param name="biases">As for <see cref="PositionalShare"/>.</param>
    /// <exception cref="ArgumentException">The model has no such head, or no learned positions.</exception>
    public static ImmutableArray<double> PositionalProfile(this ModelWeights weights, Head head, int? offsets = null, bool foldLayerNorm = false, bool biases = false)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pattern = (Scores(weights, head, foldLayerNorm, biases) / weights.Config.AttentionDivisor[head.Layer]).softmax(-1);
        long length = pattern.shape[0];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsets ?? 0, length);
        return [.. Enumerable.Range(0, offsets ?? (int)length).Select(offset =>
        {
            double[] attention = pattern.diagonal(-offset).contiguous().data<double>().ToArray();

            // The first position has but one key, itself.
            return (offset == 0 && length > 1 ? attention[1..] : attention).Average();
        })];
    }

    /// <summary><see cref="PositionalProfile"/> at one offset, of every head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="offset">1 for the previous token.</param>
    /// <param name="foldLayerNorm">As for <see cref="PositionalShare"/>.</param>
    /// <param name="biases">As for <see cref="PositionalShare"/>.</param>
    /// <exception cref="ArgumentException">The model has no learned positions.</exception>
    public static HeadTable PositionalAttentionTo(this ModelWeights weights, int offset = 1, bool foldLayerNorm = false, bool biases = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new HeadTable(
            $"mean attention to i − {offset} by W_pos alone",
            Head.AllIn(weights.Config).Select(head => KeyValuePair.Create(head, weights.PositionalProfile(head, offset + 1, foldLayerNorm, biases)[offset])));
    }

    /// <summary>[position, position], float64; −∞ at later keys.</summary>
    private static Tensor Scores(ModelWeights weights, Head head, bool foldLayerNorm, bool biases)
    {
        HeadCircuits.Require(weights, head);
        if (!weights.TryGet("pos_embed.W_pos", out Tensor? table))
        {
            throw new ArgumentException($"Model '{weights.Name}' has no learned positions ({weights.Config.Positions}), so positions alone have no scores.", nameof(weights));
        }

        using DisposeScope scope = NewDisposeScope();
        FactoredMatrix qk = weights.QkCircuit(head, foldLayerNorm);
        Tensor positions = table.to(ScalarType.Float64);
        Tensor queries = Biased(positions.matmul(qk.A), "b_Q", head.Index);
        Tensor keys = Biased(positions.matmul(qk.B.transpose(0, 1)), "b_K", weights.Config.KeyValueHeadOf(head.Index));
        Tensor later = ones(positions.shape[0], positions.shape[0], ScalarType.Bool).triu(1);
        return queries.matmul(keys.transpose(0, 1)).masked_fill(later, double.NegativeInfinity).MoveToOuterDisposeScope();

        Tensor Biased(Tensor projected, string name, int index) =>
            biases && weights.TryGet($"blocks.{head.Layer}.attn.{name}", out Tensor? bias) ? projected + bias.select(0, index) : projected;
    }
}
