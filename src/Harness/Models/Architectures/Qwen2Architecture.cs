namespace CircuitSpecs.Models.Architectures;

/// <summary>Qwen 1.5 to 2.5: Llama with biases of queries, keys and values (<c>Qwen2ForCausalLM</c>).</summary>
public sealed class Qwen2Architecture : LlamaLayout
{
    /// <inheritdoc/>
    public override string ModelType => "qwen2";

    /// <inheritdoc/>
    public override ModelConfig ReadConfig(ConfigFile config)
    {
        ModelConfig common = ReadCommon(config);
        bool sliding = config.Flag("use_sliding_window", otherwise: false) && config.Has("sliding_window");
        int? window = sliding ? config.Size("sliding_window") : null;
        int first = config.Size("max_window_layers", otherwise: () => 28);
        return common with { AttentionWindow = Windows(config, common.Layers, window, slides: layer => layer >= first) };
    }

    /// <inheritdoc/>
    protected override (bool Readers, bool Writer, bool Mlp) Biases(ConfigFile config) => (true, false, false);
}
