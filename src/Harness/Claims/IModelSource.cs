using CircuitSpecs.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Claims;

/// <summary>Where the runner gets models from; one loaded copy serves all claims.</summary>
public interface IModelSource
{
    /// <summary>A model that runs.</summary>
    /// <param name="name">Its name in the store.</param>
    /// <param name="processing">What to do to its weights.</param>
    /// <exception cref="ModelNotFoundException">It is not on this machine; the message says which command brings it.</exception>
    HookedTransformer Transformer(string name, WeightProcessing processing);

    /// <summary>A model's parameters.</summary>
    /// <param name="name">Its name in the store.</param>
    /// <param name="processing">What to do to its weights.</param>
    /// <param name="scope">Which of them.</param>
    /// <exception cref="ModelNotFoundException">It is not on this machine.</exception>
    ModelWeights Weights(string name, WeightProcessing processing, WeightScope scope);
}
