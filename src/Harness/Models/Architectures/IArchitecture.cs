namespace CircuitSpecs.Models.Architectures;

/// <summary>
/// What an architecture is made of: how its <c>config.json</c> describes a model, and how its checkpoints name the weights. It computes
/// nothing; the one forward pass is driven by the <see cref="ModelConfig"/>. An architecture is one class and one line in <see cref="ArchitectureRegistry"/>.
/// </summary>
public interface IArchitecture
{
    /// <summary>Its <c>model_type</c> in <c>config.json</c>.</summary>
    string ModelType { get; }

    /// <summary>Whether a configuration is for this architecture.</summary>
    /// <param name="config">Any <c>config.json</c>.</param>
    bool Reads(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Has("model_type") && config.Text("model_type") == ModelType;
    }

    /// <summary>Reads the configuration; options that the forward pass does not know are errors.</summary>
    /// <param name="config">A <c>config.json</c> of this <c>model_type</c>.</param>
    /// <exception cref="ModelLoadException">A key is missing, of the wrong kind, contradicts another one, or asks for something that is not supported.</exception>
    ModelConfig ReadConfig(ConfigFile config);

    /// <summary>Brings a key of a checkpoint to the one spelling that <see cref="Map"/> uses: published checkpoints differ in prefixes.</summary>
    /// <param name="key">A key as stored.</param>
    string CanonicalKey(string key);

    /// <summary>Whether a key names a buffer that holds no parameter, for example a causal mask: it is left out deliberately.</summary>
    /// <param name="canonicalKey">A key in the spelling of <see cref="CanonicalKey"/>.</param>
    bool IsBuffer(string canonicalKey);

    /// <summary>Every tensor that a checkpoint has to hold, with what becomes of it.</summary>
    /// <param name="config">The shape of the model.</param>
    /// <param name="file">The configuration, for what concerns the checkpoint alone: which biases are stored.</param>
    IEnumerable<TensorMapping> Map(ModelConfig config, ConfigFile file);
}
