using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>What logits say about the tokens that follow.</summary>
public static class NextToken
{
    /// <summary>Cross-entropy of every next token, in nats.</summary>
    /// <param name="logits">[batch, pos, d_vocab].</param>
    /// <param name="tokens">[batch, pos] int64.</param>
    /// <returns>[batch, pos − 1]: entry p is −log P(token p + 1 | tokens up to p).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is only one token.</exception>
    public static Tensor LossPerToken(Tensor logits, Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(tokens);
        if (logits.dim() != 3 || tokens.dim() != 2 || logits.shape[0] != tokens.shape[0] || logits.shape[1] != tokens.shape[1] || tokens.shape[1] < 2)
        {
            throw new ArgumentException($"A next-token loss needs logits [batch, pos, d_vocab] and tokens [batch, pos] with at least two positions; these are [{string.Join(", ", logits.shape)}] and [{string.Join(", ", tokens.shape)}].");
        }

        using DisposeScope scope = NewDisposeScope();
        long predicted = tokens.shape[1] - 1;
        Tensor logProbabilities = LogProbabilities(logits.narrow(1, 0, predicted));
        Tensor targets = tokens.narrow(1, 1, predicted).unsqueeze(-1);
        return logProbabilities.gather(2, targets).squeeze(-1).neg().MoveToOuterDisposeScope();
    }

    /// <summary>The mean of <see cref="LossPerToken"/>, in nats.</summary>
    /// <param name="logits">[batch, pos, d_vocab].</param>
    /// <param name="tokens">[batch, pos] int64.</param>
    public static double Loss(Tensor logits, Tensor tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        return LossPerToken(logits, tokens).data<float>().ToArray().Average(loss => (double)loss);
    }

    /// <summary>Logits minus their log-sum-exp over the vocabulary.</summary>
    /// <param name="logits">[..., d_vocab].</param>
    /// <returns>The same shape, in nats.</returns>
    public static Tensor LogProbabilities(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return logits.log_softmax(-1);
    }
}
