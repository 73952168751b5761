using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>What follows from an attention mask: positions that count only real tokens, and a causal mask without padded keys.</summary>
internal sealed class Padding
{
    /// <summary>Reads a mask.</summary>
    /// <param name="mask">[batch, pos] int64, 0 = padding.</param>
    public Padding(Tensor mask)
    {
        long batch = mask.shape[0];
        long length = mask.shape[1];
        long[] real = mask.data<long>().ToArray();
        long[] positions = new long[batch * length];
        bool[] hidden = new bool[batch * length * length];
        for (long row = 0; row < batch; row++)
        {
            long count = 0;
            for (long query = 0; query < length; query++)
            {
                count += real[(row * length) + query];
                positions[(row * length) + query] = Math.Max(count - 1, 0);
                for (long key = 0; key < length; key++)
                {
                    // A padded query keeps itself: a row without any key would be NaN and spread through the values.
                    hidden[(((row * length) + query) * length) + key] = key > query || (key != query && real[(row * length) + key] == 0);
                }
            }
        }

        Positions = tensor(positions, [batch, length]);
        Mask = tensor(hidden, [batch, 1, length, length]);
    }

    /// <summary>[batch, pos] int64.</summary>
    public Tensor Positions { get; }

    /// <summary>[batch, 1, query, key] bool, true where the key is hidden.</summary>
    public Tensor Mask { get; }
}
