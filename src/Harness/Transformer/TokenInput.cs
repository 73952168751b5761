using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>What a forward pass refuses to start with.</summary>
internal static class TokenInput
{
    /// <summary>Checks tokens against the model.</summary>
    /// <exception cref="ArgumentException">Not [batch, pos] int64, empty, or longer than the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id lies outside the vocabulary; the message says where.</exception>
    public static void CheckTokens(Tensor tokens, ModelConfig config)
    {
        if (tokens.dtype != ScalarType.Int64 || tokens.dim() != 2)
        {
            throw new ArgumentException($"Tokens have to be [batch, pos] int64; these are [{string.Join(", ", tokens.shape)}] {tokens.dtype}.", nameof(tokens));
        }

        CheckLength(tokens.shape, config);
        long[] ids = tokens.data<long>().ToArray();
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0 || ids[i] >= config.Vocabulary)
            {
                throw new ArgumentOutOfRangeException(nameof(tokens), ids[i], $"Token id {ids[i]} of prompt {i / tokens.shape[1]}, position {i % tokens.shape[1]} lies outside the vocabulary: 0 to {config.Vocabulary - 1}.");
            }
        }
    }

    /// <summary>Checks a residual stream against the model.</summary>
    /// <exception cref="ArgumentException">Not [batch, pos, d_model] float32, empty, or longer than the context.</exception>
    public static void CheckResidual(Tensor residual, ModelConfig config)
    {
        if (residual.dtype != ScalarType.Float32 || residual.dim() != 3 || residual.shape[2] != config.DModel)
        {
            throw new ArgumentException($"A run that starts at a layer takes the residual stream [batch, pos, {config.DModel}] float32; this is [{string.Join(", ", residual.shape)}] {residual.dtype}.", nameof(residual));
        }

        CheckLength(residual.shape, config);
    }

    /// <summary>Checks that a tensor of indices fits the batch.</summary>
    /// <exception cref="ArgumentException">Not [batch, n] int64.</exception>
    public static void CheckIndices(Tensor? indices, string name, Tensor input, long? columns)
    {
        if (indices is not null && (indices.dtype != ScalarType.Int64 || indices.dim() != 2 || indices.shape[0] != input.shape[0] || (columns is not null && indices.shape[1] != columns)))
        {
            throw new ArgumentException($"{name} has to be [{input.shape[0]}, {columns?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "n"}] int64; it is [{string.Join(", ", indices.shape)}] {indices.dtype}.", name);
        }
    }

    private static void CheckLength(long[] shape, ModelConfig config)
    {
        if (shape[0] == 0 || shape[1] == 0)
        {
            throw new ArgumentException($"The batch is empty: [{string.Join(", ", shape)}]; at least one prompt of one token is needed.");
        }

        if (shape[1] > config.Context)
        {
            throw new ArgumentException($"The prompts have {shape[1]} tokens; the model's context is {config.Context}.");
        }
    }
}
