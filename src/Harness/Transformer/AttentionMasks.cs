using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>Causal masks by length and window, made once.</summary>
internal sealed class AttentionMasks : IDisposable
{
    private readonly ConcurrentDictionary<(long Queries, long Past, int? Window), Tensor> masks = new();

    /// <summary>Which keys a query does not see: those after it, and those further back than the window.</summary>
    /// <param name="queries">Number of queries; the first one stands at position <paramref name="past"/>.</param>
    /// <param name="past">Number of keys before the first query.</param>
    /// <param name="window">How many keys a query sees, itself included; null for all.</param>
    /// <returns>[query, key] bool, true where the key is hidden; owned by this object.</returns>
    public Tensor For(long queries, long past, int? window) => masks.GetOrAdd((queries, past, window), static key =>
    {
        long keys = key.Past + key.Queries;
        bool[] hidden = new bool[key.Queries * keys];
        for (long query = 0; query < key.Queries; query++)
        {
            long at = key.Past + query;
            long first = key.Window is int window ? Math.Max(at - window + 1, 0) : 0;
            hidden.AsSpan(checked((int)(query * keys)), checked((int)first)).Fill(true);
            hidden.AsSpan(checked((int)((query * keys) + at + 1)), checked((int)(keys - at - 1))).Fill(true);
        }

        return tensor(hidden, [key.Queries, keys]).DetachFromDisposeScope();
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
