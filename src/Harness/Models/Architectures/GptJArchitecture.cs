using static CircuitSpecs.Models.Architectures.StoredLayout;

namespace CircuitSpecs.Models.Architectures;

/// <summary>GPT-J (<c>GPTJForCausalLM</c>).</summary>
public sealed class GptJArchitecture : GptJLayout
{
    /// <inheritdoc/>
    public override string ModelType => "gptj";

    /// <inheritdoc/>
    protected override IEnumerable<TensorMapping> MapReaders(ModelConfig config, string from, string to)
    {
        ArgumentNullException.ThrowIfNull(config);
        return from role in (string[])["Q", "K", "V"]
               select Readers($"{from}.{char.ToLowerInvariant(role[0])}_proj.weight", config.Heads, config.DHead, config.DModel, $"{to}.W_{role}", $"{to}.b_{role}");
    }
}
