namespace CircuitSpecs.Models.Architectures;

/// <summary>
/// Gemma-2: norms before and after each layer, weights stored minus one, embeddings multiplied by √d_model, bounded scores and logits, every second layer
/// with a sliding window (<c>Gemma2ForCausalLM</c>).
/// </summary>
public sealed class Gemma2Architecture : LlamaLayout
{
    /// <inheritdoc/>
    public override string ModelType => "gemma2";

    /// <inheritdoc/>
    protected override double NormOffset => 1;

    /// <inheritdoc/>
    protected override (string Mlp, string? AfterAttention, string? AfterMlp) Norms => ("pre_feedforward_layernorm", "post_attention_layernorm", "post_feedforward_layernorm");

    /// <inheritdoc/>
    public override ModelConfig ReadConfig(ConfigFile config)
    {
        ModelConfig common = ReadCommon(config, "hidden_activation", "gelu_pytorch_tanh", tied: true);
        int window = config.Size("sliding_window", otherwise: () => 4096);
        double divisor = Math.Sqrt(config.Positive("query_pre_attn_scalar", otherwise: 256));
        return common with
        {
            PostNorms = true,
            AttentionDivisor = [.. Enumerable.Repeat(divisor, common.Layers)],
            AttentionWindow = Windows(config, common.Layers, window, slides: layer => layer % 2 == 0),
            AttentionSoftCap = config.Has("attn_logit_softcapping") ? config.Positive("attn_logit_softcapping") : null,
            LogitSoftCap = config.Has("final_logit_softcapping") ? config.Positive("final_logit_softcapping") : null,
        };
    }

    /// <inheritdoc/>
    protected override double EmbeddingScale(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Math.Sqrt(config.DModel);
    }
}
