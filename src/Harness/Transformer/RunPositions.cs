using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>Where the tokens of one run stand, and which keys each of them sees.</summary>
internal sealed class RunPositions
{
    private readonly AttentionMasks masks;
    private readonly Tensor? padded;

    /// <summary>Reads the options of a run.</summary>
    /// <param name="masks">The model's masks.</param>
    /// <param name="queries">Tokens a prompt in this run.</param>
    /// <param name="past">Tokens a prompt that earlier runs have left in the cache of keys and values.</param>
    /// <param name="attentionMask">[batch, past + pos] int64, 0 = padding; null without padding.</param>
    public RunPositions(AttentionMasks masks, long queries, long past, Tensor? attentionMask)
    {
        this.masks = masks;
        Queries = queries;
        Past = past;
        if (attentionMask is not null)
        {
            (PaddedIndices, padded) = Read(attentionMask, queries, past);
        }
    }

    /// <summary>Tokens a prompt in this run.</summary>
    public long Queries { get; }

    /// <summary>Tokens a prompt before this run.</summary>
    public long Past { get; }

    /// <summary>Tokens a prompt with those before this run.</summary>
    public long Keys => Past + Queries;

    /// <summary>The position of every token, counting only real ones, [batch, pos] int64; null without padding, where token p of the run stands at past + p.</summary>
    public Tensor? PaddedIndices { get; }

    /// <summary>Which keys a query does not see.</summary>
    /// <param name="window">How many keys a query sees, itself included; null for all.</param>
    /// <returns>[query, key] or [batch, 1, query, key] bool, true where the key is hidden.</returns>
    public Tensor Hidden(int? window) => (padded, window) switch
    {
        (null, _) => masks.For(Queries, Past, window),
        (_, null) => padded,
        _ => padded.logical_or(masks.For(Queries, Past, window)),
    };

    /// <summary>The last positions of a run without padding, as the queries of attention.</summary>
    /// <param name="count">How many.</param>
    public RunPositions Last(int count) => padded is null
        ? new RunPositions(masks, count, Keys - count, null)
        : throw new NotSupportedException("A part of the queries of padded prompts is not run.");

    /// <summary>What belongs to the tokens of this run, where an activation may hold tokens before them.</summary>
    /// <param name="activation">[batch, pos, ...], ending with this run's tokens.</param>
    public Tensor Cut(Tensor activation) => Queries == activation.shape[1] ? activation : activation.narrow(1, activation.shape[1] - Queries, Queries);

    private static (Tensor Indices, Tensor Hidden) Read(Tensor attentionMask, long queries, long past)
    {
        long batch = attentionMask.shape[0];
        long keys = past + queries;
        long[] real = attentionMask.data<long>().ToArray();
        long[] positions = new long[batch * queries];
        bool[] hidden = new bool[batch * queries * keys];
        for (long row = 0; row < batch; row++)
        {
            long count = 0;
            for (long at = 0; at < keys; at++)
            {
                count += real[(row * keys) + at];
                long query = at - past;
                if (query < 0)
                {
                    continue;
                }

                positions[(row * queries) + query] = Math.Max(count - 1, 0);
                for (long key = 0; key < keys; key++)
                {
                    // A padded query keeps itself: a row without any key would be NaN and spread through the values.
                    hidden[(((row * queries) + query) * keys) + key] = key > at || (key != at && real[(row * keys) + key] == 0);
                }
            }
        }

        return (tensor(positions, [batch, queries]), tensor(hidden, [batch, 1, queries, keys]));
    }
}
