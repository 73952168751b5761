using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>
/// Keys (rotated) and values of the tokens that earlier runs have seen, so that the next run computes its own tokens only. Grows with every run that it
/// is given to by <see cref="ForwardOptions.Cache"/>.
/// </summary>
public sealed class KeyValueCache : IDisposable, IEarlierTokens
{
    private readonly Dictionary<int, (Tensor Keys, Tensor Values)> layers = [];

    /// <summary>Tokens a prompt that it holds.</summary>
    public long Length { get; private set; }

    /// <summary>Frees the keys and values.</summary>
    public void Dispose()
    {
        foreach ((Tensor keys, Tensor values) in layers.Values)
        {
            keys.Dispose();
            values.Dispose();
        }

        layers.Clear();
    }

    /// <summary>Adds the new tokens of a layer and gives back all; owned by the cache.</summary>
    (Tensor Keys, Tensor Values) IEarlierTokens.Append(int layer, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor Keys, Tensor Values) all;
        if (layers.Remove(layer, out (Tensor Keys, Tensor Values) past))
        {
            if (past.Keys.shape[0] != keys.shape[0])
            {
                layers[layer] = past;
                throw new ArgumentException($"The cache holds keys of {past.Keys.shape[0]} prompts and the run has {keys.shape[0]}.", nameof(keys));
            }

            all = (cat([past.Keys, keys], 1), cat([past.Values, values], 1));
            past.Keys.Dispose();
            past.Values.Dispose();
        }
        else
        {
            all = (keys.clone(), values.clone());
        }

        all.Keys.DetachFromDisposeScope();
        all.Values.DetachFromDisposeScope();
        layers[layer] = all;
        return all;
    }

    /// <summary>To be called when a run is over.</summary>
    internal void Advance(long tokens) => Length += tokens;
}
