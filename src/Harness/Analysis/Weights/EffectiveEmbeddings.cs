using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Tokens as the layers after the first block see them, by the weights alone.</summary>
public static class EffectiveEmbeddings
{
    /// <summary>The effective embedding E + MLP0(E) of tokens: the first MLP with its norms, without attention and position.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="tokens">The tokens.</param>
    /// <returns>[token, d_model], in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There is no token, a token is not in the vocabulary, or the model has no MLPs.</exception>
    public static Tensor EffectiveEmbedding(this ModelWeights weights, IReadOnlyList<int> tokens) => weights.TokenVectors(tokens, TokenVector.EffectiveEmbedding);

    /// <summary>The vectors that stand for tokens.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="vector">Which vector of a token.</param>
    /// <returns>[token, d_model], in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There is no token, a token is not in the vocabulary, or the model has no MLPs and one is asked for.</exception>
    public static Tensor TokenVectors(this ModelWeights weights, IReadOnlyList<int> tokens, TokenVector vector)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ModelConfig config = weights.Config;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        var norms = new Normalization(weights, new HookTable(config, []));
        Tensor embedding = weights["embed.W_E"].index_select(0, TokenIds.Of(weights, tokens));
        embedding = config.EmbeddingNorm ? norms.LayerNorm("embed.ln", embedding) : embedding;
        if (vector == TokenVector.Embedding)
        {
            return embedding.MoveToOuterDisposeScope();
        }

        if (config.AttentionOnly)
        {
            throw new ArgumentException($"'{weights.Name}' has attention alone, so {vector} is not defined: take {nameof(TokenVector.Embedding)}.", nameof(vector));
        }

        Tensor written = new MlpStep(weights, norms, new HookTable(config, [])).Run(0, embedding.unsqueeze(0));
        written = (config.PostNorms ? norms.Apply("blocks.0.ln2_post", written) : written).squeeze(0);
        return (vector == TokenVector.FirstMlp ? written : embedding + written).MoveToOuterDisposeScope();
    }
}
