using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>Causal masks by length, made once.</summary>
internal sealed class CausalMasks : IDisposable
{
    private readonly ConcurrentDictionary<long, Tensor> masks = new();

    /// <summary>[query, key] bool, true where the key comes after the query.</summary>
    public Tensor For(long positions) => masks.GetOrAdd(positions, static length =>
    {
        bool[] hidden = new bool[length * length];
        for (long query = 0; query < length; query++)
        {
            for (long key = query + 1; key < length; key++)
            {
                hidden[(query * length) + key] = true;
            }
        }

        return tensor(hidden, [length, length]).DetachFromDisposeScope();
    });

    public void Dispose()
    {
        foreach (Tensor mask in masks.Values)
        {
            mask.Dispose();
        }

        masks.Clear();
    }
}
