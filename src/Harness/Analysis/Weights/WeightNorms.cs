using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Frobenius norms of single parameters, accumulated in float64: summed in float32, that of a large matrix is off in the fourth digit.</summary>
public static class WeightNorms
{
    /// <summary>The norm of a parameter as a whole.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="name">Its TransformerLens name, for example <c>blocks.0.mlp.W_in</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    public static double Norm(this ModelWeights weights, string name)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = weights[name].reshape(-1);
        double sum = 0;
        const long AtOnce = 1L << 22;
        for (long start = 0; start < flat.shape[0]; start += AtOnce)
        {
            using DisposeScope step = NewDisposeScope();
            sum += flat.narrow(0, start, Math.Min(AtOnce, flat.shape[0] - start)).to(ScalarType.Float64).square().sum().item<double>();
        }

        return Math.Sqrt(sum);
    }

    /// <summary>The norm of each head's part of an attention parameter; of keys and values, that of the head that a query head reads.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="parameter"><c>W_Q</c>, <c>W_K</c>, <c>W_V</c>, <c>W_O</c>, <c>b_Q</c>, <c>b_K</c> or <c>b_V</c>.</param>
    /// <exception cref="ArgumentException">Heads have no such parameter.</exception>
    /// <exception cref="KeyNotFoundException">The model has no such parameter.</exception>
    public static HeadTable HeadParameterNorms(this ModelWeights weights, string parameter)
    {
        if (parameter is not ("W_Q" or "W_K" or "W_V" or "W_O" or "b_Q" or "b_K" or "b_V"))
        {
            throw new ArgumentException($"'{parameter}' is not divided into heads: W_Q, W_K, W_V, W_O, b_Q, b_K and b_V are. Take {nameof(Norm)} for others.", nameof(parameter));
        }

        return HeadTable.ByLayer($"norm of {parameter}", weights, layer =>
        {
            Tensor squares = weights[$"blocks.{layer}.attn.{parameter}"].to(ScalarType.Float64).square();
            Tensor norms = squares.reshape(squares.shape[0], -1).sum(1L).sqrt();
            return norms.shape[0] == weights.Config.Heads ? norms : norms.repeat_interleave(weights.Config.Heads / norms.shape[0], 0);
        });
    }
}
