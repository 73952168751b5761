using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>The attention of a block.</summary>
internal sealed class AttentionStep(ModelWeights weights, ProjectionMatrices projections, Rotation? rotation, Normalization norms, HookTable hooks)
{
    private readonly ModelConfig config = weights.Config;

    /// <summary>Runs the attention layer with its norm.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="residual">[batch, pos, d_model], before the norm.</param>
    /// <param name="positions">Where the tokens stand and what they see.</param>
    /// <param name="queries">The last of them, whose output is wanted; <paramref name="positions"/> itself where that is all.</param>
    /// <param name="earlier">Keys and values of earlier tokens, or null.</param>
    /// <returns>What it writes, [batch, query, d_model], before <c>hook_attn_out</c>.</returns>
    public Tensor Run(int layer, Tensor residual, RunPositions positions, RunPositions queries, IEarlierTokens? earlier)
    {
        string block = $"blocks.{layer}.";
        string attn = block + "attn.";
        (Tensor q, Tensor k, Tensor v) = Projections(layer, block, residual, normalized => queries.Cut(normalized));
        q = hooks.At(attn + "hook_q", q);
        k = hooks.At(attn + "hook_k", k);
        v = hooks.At(attn + "hook_v", v);

        if (rotation is not null)
        {
            q = hooks.At(attn + "hook_rot_q", rotation.Apply(q, queries));
            k = hooks.At(attn + "hook_rot_k", rotation.Apply(k, positions));
        }

        if (earlier is not null)
        {
            (k, v) = earlier.Append(layer, k, v);
        }

        Tensor scores = Scores(q, k) / config.AttentionDivisor[layer];
        if (config.AttentionSoftCap is double cap)
        {
            scores = (scores / cap).tanh() * cap;
        }

        if (config.Positions == PositionScheme.Alibi)
        {
            scores += AlibiSlopes.Bias(config.Heads, queries);
        }

        scores = scores.masked_fill(queries.Hidden(config.WindowOf(layer)), double.NegativeInfinity);
        scores = hooks.At(attn + "hook_attn_scores", scores);
        Tensor pattern = hooks.At(attn + "hook_pattern", scores.softmax(-1));
        Tensor z = hooks.At(attn + "hook_z", Weigh(pattern, v));
        return Output(block, z);
    }

    /// <summary>Products of queries [batch, query, head, d_head] and keys [batch, key, key/value head, d_head]: [batch, head, query, key].</summary>
    private Tensor Scores(Tensor q, Tensor k)
    {
        Tensor keys = k.permute(0, 2, 3, 1);
        if (!config.GroupsKeyValues)
        {
            return q.transpose(1, 2).matmul(keys);
        }

        Tensor grouped = q.reshape(q.shape[0], q.shape[1], config.KeyValueHeads, -1, config.DHead).permute(0, 2, 3, 1, 4);
        return grouped.matmul(keys.unsqueeze(2)).reshape(q.shape[0], config.Heads, q.shape[1], k.shape[1]);
    }

    /// <summary>Values [batch, key, key/value head, d_head] weighted by a pattern [batch, head, query, key]: [batch, query, head, d_head].</summary>
    private Tensor Weigh(Tensor pattern, Tensor v)
    {
        Tensor values = v.transpose(1, 2);
        if (!config.GroupsKeyValues)
        {
            return pattern.matmul(values).transpose(1, 2).contiguous();
        }

        Tensor grouped = pattern.reshape(pattern.shape[0], config.KeyValueHeads, -1, pattern.shape[2], pattern.shape[3]);
        return grouped.matmul(values.unsqueeze(2)).permute(0, 3, 1, 2, 4).reshape(pattern.shape[0], pattern.shape[2], config.Heads, config.DHead);
    }

    /// <summary>Queries [batch, query, head, d_head], keys and values [batch, pos, key/value head, d_head].</summary>
    private (Tensor Q, Tensor K, Tensor V) Projections(int layer, string block, Tensor residual, Func<Tensor, Tensor> cut)
    {
        bool split = hooks.Listens(block + "hook_q_input") || hooks.Listens(block + "hook_k_input") || hooks.Listens(block + "hook_v_input");
        if (!split && !hooks.Listens(block + "hook_attn_in"))
        {
            Tensor normalized = norms.Apply(block + "ln1", residual);
            return (Shared(layer, "Q", cut(normalized)), Shared(layer, "K", normalized), Shared(layer, "V", normalized));
        }

        // From here on every head reads a residual stream of its own, and the norm's hooks see one per head.
        if (!split)
        {
            Tensor perHead = hooks.At(block + "hook_attn_in", OnePerHead(residual, config.Heads));
            Tensor normalized = norms.Apply(block + "ln1", perHead);
            return (cut(PerHead(layer, "Q", residual, normalized)), PerHead(layer, "K", residual, normalized), PerHead(layer, "V", residual, normalized));
        }

        return (cut(Split("Q", "hook_q_input", config.Heads)), Split("K", "hook_k_input", config.KeyValueHeads), Split("V", "hook_v_input", config.KeyValueHeads));

        Tensor Split(string role, string hook, int heads)
        {
            Tensor perHead = OnePerHead(residual, heads);
            perHead = hooks.Listens(block + "hook_attn_in") ? hooks.At(block + "hook_attn_in", perHead) : perHead;
            return PerHead(layer, role, residual, norms.Apply(block + "ln1", hooks.At(block + hook, perHead)));
        }
    }

    private Tensor OnePerHead(Tensor residual, int heads) =>
        residual.unsqueeze(2).expand(residual.shape[0], residual.shape[1], heads, config.DModel);

    private Tensor Shared(int layer, string role, Tensor normalized) =>
        Affine.Apply(normalized, projections.Matrix(layer, role), projections.Bias(layer, role))
            .reshape(normalized.shape[0], normalized.shape[1], -1, config.DHead);

    /// <summary>Each head's projection of what that head reads; where no hook changed that, the shared projection, so that looking costs no bits.</summary>
    private Tensor PerHead(int layer, string role, Tensor residual, Tensor normalized)
    {
        Tensor plain = norms.Plain($"blocks.{layer}.ln1", residual);
        if (Bits.Same(plain.unsqueeze(2).expand(normalized.shape), normalized))
        {
            return Shared(layer, role, plain);
        }

        Tensor projected = HeadByHead(normalized, weights[$"blocks.{layer}.attn.W_{role}"]);
        return projections.Bias(layer, role) is Tensor bias ? projected + bias.reshape(-1, config.DHead) : projected;
    }

    /// <summary>[batch, pos, head, in] × [head, in, out]: one matrix product a head, over all positions at once.</summary>
    private static Tensor HeadByHead(Tensor x, Tensor matrices)
    {
        Tensor rows = x.permute(2, 0, 1, 3).reshape(x.shape[2], x.shape[0] * x.shape[1], x.shape[3]);
        return rows.matmul(matrices).reshape(x.shape[2], x.shape[0], x.shape[1], matrices.shape[2]).permute(1, 2, 0, 3);
    }

    private Tensor Output(string block, Tensor z)
    {
        Tensor matrix = weights[block + "attn.W_O"];
        Tensor? bias = weights.TryGet(block + "attn.b_O", out Tensor? tensor) ? tensor : null;
        if (hooks.Listens(block + "attn.hook_result"))
        {
            Tensor result = HeadByHead(z, matrix);
            Tensor edited = hooks.At(block + "attn.hook_result", result);
            if (!Bits.Same(result, edited))
            {
                Tensor sum = edited.sum(2);
                return bias is null ? sum : sum + bias;
            }
        }

        long width = (long)config.Heads * config.DHead;
        return Affine.Apply(z.reshape(z.shape[0], z.shape[1], width), matrix.reshape(width, config.DModel), bias);
    }
}
