using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Analysis;

/// <summary>What heads write to the residual stream, z W_O, in float64.</summary>
internal static class HeadWrites
{
    /// <summary>Adds factor · z W_O to a vector.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="z">[d_head].</param>
    /// <param name="factor">What it is multiplied with.</param>
    /// <param name="into">[d_model].</param>
    public static void Add(ModelWeights weights, Head head, ReadOnlySpan<float> z, double factor, Span<double> into) => Add(Matrix(weights, head), z, factor, into);

    /// <summary>W_O of a head, [d_head · d_model].</summary>
    public static float[] Matrix(ModelWeights weights, Head head) => weights[$"blocks.{head.Layer}.attn.W_O"].select(0, head.Index).contiguous().data<float>().ToArray();

    /// <summary>Adds factor · z W_O to a vector.</summary>
    public static void Add(float[] matrix, ReadOnlySpan<float> z, double factor, Span<double> into)
    {
        for (int i = 0; i < z.Length; i++)
        {
            double weight = factor * z[i];
            for (int j = 0; j < into.Length; j++)
            {
                into[j] += weight * matrix[(i * into.Length) + j];
            }
        }
    }
}
