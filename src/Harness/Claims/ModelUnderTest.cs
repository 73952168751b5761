using CircuitSpecs.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Claims;

/// <summary>
/// What a claim is a function of: a transformer that runs, or, for claims about weights alone, parameters that need not
/// be enough to run.
/// </summary>
public sealed class ModelUnderTest
{
    private readonly HookedTransformer? transformer;

    /// <summary>A model that runs.</summary>
    /// <param name="transformer">The transformer.</param>
    public ModelUnderTest(HookedTransformer transformer)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        this.transformer = transformer;
        Weights = transformer.Weights;
    }

    /// <summary>Parameters alone.</summary>
    /// <param name="weights">The parameters.</param>
    public ModelUnderTest(ModelWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Weights = weights;
    }

    /// <summary>The parameters.</summary>
    public ModelWeights Weights { get; }

    /// <summary>The transformer.</summary>
    /// <exception cref="InvalidOperationException">Only parameters were loaded.</exception>
    public HookedTransformer Transformer => transformer ?? throw new InvalidOperationException($"Only the weights of '{Weights.Name}' were loaded for this claim.");

    /// <summary>Frees everything, the weights included: for models that nobody else holds.</summary>
    internal void Free()
    {
        transformer?.Dispose();
        Weights.Dispose();
    }
}
