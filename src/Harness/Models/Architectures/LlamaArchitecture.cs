namespace CircuitSpecs.Models.Architectures;

/// <summary>Llama 1 to 3 and the models of its shape, SmolLM among them (<c>LlamaForCausalLM</c>).</summary>
public sealed class LlamaArchitecture : LlamaLayout
{
    /// <inheritdoc/>
    public override string ModelType => "llama";

    /// <inheritdoc/>
    public override ModelConfig ReadConfig(ConfigFile config) => ReadCommon(config);
}
