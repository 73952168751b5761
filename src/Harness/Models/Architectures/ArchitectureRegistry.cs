using System.Collections.Immutable;

namespace CircuitSpecs.Models.Architectures;

/// <summary>The architectures that are known.</summary>
public static class ArchitectureRegistry
{
    /// <summary>All of them. A further one is one line here.</summary>
    public static readonly ImmutableArray<IArchitecture> All =
    [
        new BloomArchitecture(),
        new CodeGenArchitecture(),
        new Gemma2Architecture(),
        new Gpt2Architecture(),
        new GptJArchitecture(),
        new GptNeoArchitecture(),
        new GptNeoXArchitecture(),
        new LlamaArchitecture(),
        new MistralArchitecture(),
        new OptArchitecture(),
        new Qwen2Architecture(),
        new TransformerLensArchitecture(),
    ];

    /// <summary>The architecture that a configuration is for.</summary>
    /// <param name="config">A <c>config.json</c>.</param>
    /// <exception cref="ModelLoadException">Its <c>model_type</c> is missing or unknown; the message lists the known ones.</exception>
    public static IArchitecture For(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return All.FirstOrDefault(architecture => architecture.Reads(config))
            ?? throw config.Unexpected("model_type", $"one of {string.Join(", ", All.Select(architecture => architecture.ModelType))} (the last one without the key, in TransformerLens's own configurations)");
    }
}
