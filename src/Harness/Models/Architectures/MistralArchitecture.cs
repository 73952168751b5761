namespace CircuitSpecs.Models.Architectures;

/// <summary>Mistral: Llama with a sliding window over all layers (<c>MistralForCausalLM</c>).</summary>
public sealed class MistralArchitecture : LlamaLayout
{
    /// <inheritdoc/>
    public override string ModelType => "mistral";

    /// <inheritdoc/>
    public override ModelConfig ReadConfig(ConfigFile config)
    {
        ModelConfig common = ReadCommon(config);
        int? window = config.Has("sliding_window") ? config.Size("sliding_window") : null;
        return common with { AttentionWindow = Windows(config, common.Layers, window, slides: _ => true) };
    }

    /// <inheritdoc/>
    protected override (bool Readers, bool Writer, bool Mlp) Biases(ConfigFile config) => (false, false, false);
}
