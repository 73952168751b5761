using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>
/// Keys and values of the tokens before those of a run, which the run reads and leaves as they are. In a causal model a change at position p leaves
/// everything before p as it was, so that only the suffix from p on has to be run again.
/// </summary>
/// <param name="length">Tokens a prompt, at least 1.</param>
/// <param name="of">A layer's keys (rotated) and values, [batch, <paramref name="length"/>, key/value head, d_head].</param>
internal sealed class KeyValuePrefix(long length, Func<int, (Tensor Keys, Tensor Values)> of) : IEarlierTokens
{
    /// <inheritdoc/>
    public long Length => length;

    /// <inheritdoc/>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        (Tensor earlierKeys, Tensor earlierValues) = of(layer);
        return (cat([earlierKeys, keys], 1), cat([earlierValues, values], 1));
    }
}
