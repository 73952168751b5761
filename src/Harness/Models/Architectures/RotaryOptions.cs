namespace CircuitSpecs.Models.Architectures;

/// <summary>How configurations describe rotary embeddings.</summary>
internal static class RotaryOptions
{
    /// <summary>Reads base and scaling: <c>rope_theta</c> with <c>rope_scaling</c>, or the two together in <c>rope_parameters</c>.</summary>
    /// <param name="config">A configuration.</param>
    /// <param name="dimensions">How many dimensions of a head are rotated.</param>
    /// <param name="defaultBase">The base where the configuration gives none.</param>
    /// <param name="baseKey">The key of the base.</param>
    /// <exception cref="ModelLoadException">The number of dimensions is odd, or the scaling is of a type that is not supported.</exception>
    public static RotaryEmbedding Read(ConfigFile config, int dimensions, double defaultBase = 10_000, string baseKey = "rope_theta")
    {
        if (dimensions % 2 != 0 || dimensions < 2)
        {
            throw new ModelLoadException(config.Path, $"the rotary embedding turns {dimensions} dimensions of a head, expected an even number of at least 2.");
        }

        ConfigFile? parameters = config.Section("rope_parameters");
        ConfigFile? scaling = parameters ?? config.Section("rope_scaling");
        var rotary = new RotaryEmbedding
        {
            Dimensions = dimensions,
            Base = parameters?.Positive("rope_theta", defaultBase) ?? config.Positive(baseKey, config.Positive("rope_theta", defaultBase)),
        };
        string? key = scaling is null ? null : scaling.Has("rope_type") ? "rope_type" : scaling.Has("type") ? "type" : null;
        return (key is null ? "default" : scaling!.Text(key)) switch
        {
            "default" => rotary,
            "linear" => rotary with { LinearFactor = scaling!.Positive("factor") },
            "llama3" => rotary with
            {
                Scaling = new Llama3RopeScaling(
                    scaling!.Positive("factor"), scaling.Positive("low_freq_factor"), scaling.Positive("high_freq_factor"), scaling.Positive("original_max_position_embeddings")),
            },
            _ => throw scaling!.Unexpected(key!, "one of default, linear, llama3"),
        };
    }
}
