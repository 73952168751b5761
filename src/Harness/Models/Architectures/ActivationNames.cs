using System.Collections.Immutable;

namespace CircuitSpecs.Models.Architectures;

/// <summary>Hugging Face's names of activation functions.</summary>
internal static class ActivationNames
{
    // gelu_new, gelu_pytorch_tanh and Bloom's are the same function.
    private static readonly ImmutableSortedDictionary<string, ActivationFunction> Known = new Dictionary<string, ActivationFunction>
    {
        ["gelu"] = ActivationFunction.Gelu,
        ["gelu_new"] = ActivationFunction.GeluTanh,
        ["gelu_pytorch_tanh"] = ActivationFunction.GeluTanh,
        ["relu"] = ActivationFunction.Relu,
        ["silu"] = ActivationFunction.Silu,
        ["swish"] = ActivationFunction.Silu,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The function that a key names.</summary>
    /// <param name="config">A configuration.</param>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The name that holds without the key.</param>
    /// <exception cref="ModelLoadException">The name is not known; the message lists those that are.</exception>
    public static ActivationFunction Read(ConfigFile config, string key, string otherwise) =>
        Known.TryGetValue(config.Has(key) ? config.Text(key) : otherwise, out ActivationFunction activation)
            ? activation
            : throw config.Unexpected(key, $"one of {string.Join(", ", Known.Keys)}");
}
