using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Products with the embedding or the unembedding in float64, some thousand tokens at a time: the widened table would be the largest thing in memory.</summary>
internal static class VocabularyProducts
{
    private const long TokensAtOnce = 4096;

    /// <summary>A table of tokens times a matrix.</summary>
    /// <param name="table">[d_vocab, d_model]: W_E, or W_U transposed.</param>
    /// <param name="matrix">[d_model, k], float64.</param>
    /// <returns>[d_vocab, k], float64.</returns>
    public static Tensor Rows(Tensor table, Tensor matrix)
    {
        using DisposeScope scope = NewDisposeScope();
        return cat([.. Chunks(table.shape[0]).Select(chunk => table.narrow(0, chunk.Start, chunk.Length).to(ScalarType.Float64).matmul(matrix))], 0).MoveToOuterDisposeScope();
    }

    /// <summary>Sum over tokens of the outer products of their rows in two tables.</summary>
    /// <param name="left">[d_vocab, d_model].</param>
    /// <param name="right">[d_vocab, d_model].</param>
    /// <returns>leftᵀ right [d_model, d_model], float64.</returns>
    public static Tensor Gram(Tensor left, Tensor right)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor sum = zeros(left.shape[1], right.shape[1], ScalarType.Float64);
        foreach ((long start, long length) in Chunks(left.shape[0]))
        {
            using DisposeScope step = NewDisposeScope();
            sum.add_(left.narrow(0, start, length).to(ScalarType.Float64).transpose(0, 1).matmul(right.narrow(0, start, length).to(ScalarType.Float64)));
        }

        return sum.MoveToOuterDisposeScope();
    }

    /// <summary>Ranges of tokens that cover a vocabulary.</summary>
    public static IEnumerable<(long Start, long Length)> Chunks(long tokens)
    {
        for (long start = 0; start < tokens; start += TokensAtOnce)
        {
            yield return (start, Math.Min(TokensAtOnce, tokens - start));
        }
    }
}
