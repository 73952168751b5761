using System.Collections.Concurrent;
using CircuitSpecs.Models;
using CircuitSpecs.Tokenizers;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Claims;

/// <summary>Models from a store, each loaded once and shared by all claims.</summary>
/// <param name="store">Where they are found.</param>
public sealed class StoredModels(ModelStore store) : IModelSource
{
    private readonly ConcurrentDictionary<(string, WeightProcessing), Lazy<HookedTransformer>> transformers = new();
    private readonly ConcurrentDictionary<string, Lazy<Tokenizer>> tokenizers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public HookedTransformer Transformer(string name, WeightProcessing processing)
    {
        // Outside the lazy value, which would remember the failure for a model that is fetched meanwhile.
        ModelWeights weights = store.Weights(name, processing);
        return transformers.GetOrAdd((name, processing), _ => new Lazy<HookedTransformer>(() => new HookedTransformer(
            weights,
            tokenizers.GetOrAdd(name, _ => new Lazy<Tokenizer>(() => store.TokenizerOf(name))).Value))).Value;
    }

    /// <inheritdoc/>
    public ModelWeights Weights(string name, WeightProcessing processing, WeightScope scope) => store.Weights(name, processing, scope);
}
