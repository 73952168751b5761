using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Claims;

/// <summary>One small random model under every name, without a tokenizer; remembers what it was asked for.</summary>
internal sealed class SmallModelSource : IModelSource, IDisposable
{
    private readonly ModelWeights raw = SmallTransformer.Weights();
    private readonly Dictionary<WeightProcessing, HookedTransformer> transformers = [];

    /// <summary>What was asked for, in order.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>What happens instead of loading.</summary>
    public Exception? Failure { get; init; }

    public HookedTransformer Transformer(string name, WeightProcessing processing)
    {
        Ask($"transformer {name} {processing}");
        if (!transformers.TryGetValue(processing, out HookedTransformer? transformer))
        {
            transformers[processing] = transformer = new HookedTransformer(processing == WeightProcessing.None ? raw : WeightProcessor.Apply(raw, processing));
        }

        return transformer;
    }

    public ModelWeights Weights(string name, WeightProcessing processing, WeightScope scope)
    {
        Ask($"weights {name} {processing} {scope}");
        return processing == WeightProcessing.None ? raw : Transformer(name, processing).Weights;
    }

    public void Dispose()
    {
        foreach (HookedTransformer transformer in transformers.Values)
        {
            transformer.Dispose();
            transformer.Weights.Dispose();
        }

        raw.Dispose();
    }

    private void Ask(string what)
    {
        Requests.Add(what);
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
