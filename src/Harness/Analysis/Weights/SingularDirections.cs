using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// What the singular directions of a head's W_V W_O = U S Vᵀ say in tokens (Millidge and Black 2022, "The Singular Value Decompositions of
/// Transformer Weight Matrices are Highly Interpretable"; <c>SVDInterpreter</c> of TransformerLens). A pair of directions has no sign of
/// its own: it is turned so that the logit of largest magnitude of V_i W_U is positive. Meant for weights whose norms are folded.
/// </summary>
public static class SingularDirections
{
    /// <summary>The strongest directions of a head.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="head">The head.</param>
    /// <param name="count">How many directions.</param>
    /// <param name="tokens">How many tokens of each.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many directions or tokens.</exception>
    public static ImmutableArray<SingularDirection> OvSingularDirections(this ModelWeights weights, Head head, int count = 2, int tokens = 5)
    {
        HeadCircuits.Require(weights, head);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Math.Min(weights.Config.DHead, weights.Config.DModel));
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, weights.Config.Vocabulary);
        using DisposeScope scope = NewDisposeScope();
        (Tensor u, Tensor s, Tensor vh) = weights.OvCircuit(head).Svd();
        Tensor writes = VocabularyProducts.Rows(weights["unembed.W_U"].transpose(0, 1), vh.narrow(0, 0, count).transpose(0, 1)).transpose(0, 1);
        Tensor reads = VocabularyProducts.Rows(weights["embed.W_E"], u.narrow(1, 0, count)).transpose(0, 1);

        // [direction, 1]: the sign of the logit that is largest in magnitude.
        Tensor sign = writes.gather(1, writes.abs().argmax(1, keepdim: true)).sign();
        ImmutableArray<TokenLogit>[] written = Top(writes * sign, tokens);
        ImmutableArray<TokenLogit>[] read = Top(reads * sign, tokens);
        double[] values = s.data<double>().ToArray();
        return [.. Enumerable.Range(0, count).Select(index => new SingularDirection(index, values[index], written[index], read[index]))];
    }

    /// <summary>The largest entries of each row.</summary>
    /// <param name="rows">[row, token].</param>
    /// <param name="count">How many.</param>
    internal static ImmutableArray<TokenLogit>[] Top(Tensor rows, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor values, Tensor indices) = rows.topk(count, 1);
        double[] logits = values.to(ScalarType.Float64).contiguous().data<double>().ToArray();
        long[] ids = indices.contiguous().data<long>().ToArray();
        return [.. Enumerable.Range(0, (int)rows.shape[0]).Select(row => Enumerable.Range(row * count, count).Select(i => new TokenLogit((int)ids[i], logits[i])).ToImmutableArray())];
    }
}
