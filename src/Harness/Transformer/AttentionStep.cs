using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>The attention of a block.</summary>
internal sealed class AttentionStep(ModelWeights weights, ProjectionMatrices projections, CausalMasks masks, Normalization norms, HookTable hooks)
{
    private readonly ModelConfig config = weights.Config;

    /// <summary>Runs the attention layer with its norm.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="residual">[batch, pos, d_model], before the norm.</param>
    /// <param name="padding">Which positions are padding, or null.</param>
    /// <returns>What it writes, [batch, pos, d_model], before <c>hook_attn_out</c>.</returns>
    public Tensor Run(int layer, Tensor residual, Padding? padding)
    {
        string block = $"blocks.{layer}.";
        string attn = block + "attn.";
        (Tensor q, Tensor k, Tensor v) = Projections(layer, block, residual);
        q = hooks.At(attn + "hook_q", q);
        k = hooks.At(attn + "hook_k", k);
        v = hooks.At(attn + "hook_v", v);

        Tensor scores = q.transpose(1, 2).matmul(k.permute(0, 2, 3, 1)) / config.AttentionDivisor[layer];
        scores = scores.masked_fill(padding is null ? masks.For(residual.shape[1]) : padding.Mask, double.NegativeInfinity);
        scores = hooks.At(attn + "hook_attn_scores", scores);
        Tensor pattern = hooks.At(attn + "hook_pattern", scores.softmax(-1));
        Tensor z = hooks.At(attn + "hook_z", pattern.matmul(v.transpose(1, 2)).transpose(1, 2).contiguous());
        return Output(block, z);
    }

    /// <summary>Queries, keys and values, each [batch, pos, head, d_head].</summary>
    private (Tensor Q, Tensor K, Tensor V) Projections(int layer, string block, Tensor residual)
    {
        bool split = hooks.Listens(block + "hook_q_input") || hooks.Listens(block + "hook_k_input") || hooks.Listens(block + "hook_v_input");
        if (!split && !hooks.Listens(block + "hook_attn_in"))
        {
            Tensor normalized = norms.Apply(block + "ln1", residual);
            return (Shared(layer, "Q", normalized), Shared(layer, "K", normalized), Shared(layer, "V", normalized));
        }

        // From here on every head reads a residual stream of its own, and the norm's hooks see one per head.
        Tensor perHead = residual.unsqueeze(2).expand(residual.shape[0], residual.shape[1], config.Heads, config.DModel);
        perHead = hooks.At(block + "hook_attn_in", perHead);
        if (!split)
        {
            Tensor normalized = norms.Apply(block + "ln1", perHead);
            return (PerHead(layer, "Q", residual, normalized), PerHead(layer, "K", residual, normalized), PerHead(layer, "V", residual, normalized));
        }

        return (Split("Q", "hook_q_input"), Split("K", "hook_k_input"), Split("V", "hook_v_input"));

        Tensor Split(string role, string hook) => PerHead(layer, role, residual, norms.Apply(block + "ln1", hooks.At(block + hook, perHead)));
    }

    private Tensor Shared(int layer, string role, Tensor normalized) =>
        Affine.Apply(normalized, projections.Matrix(layer, role), projections.Bias(layer, role))
            .reshape(normalized.shape[0], normalized.shape[1], config.Heads, config.DHead);

    /// <summary>Each head's projection of what that head reads; where no hook changed that, the shared projection, so that looking costs no bits.</summary>
    private Tensor PerHead(int layer, string role, Tensor residual, Tensor normalized)
    {
        Tensor plain = norms.Plain($"blocks.{layer}.ln1", residual);
        if (Bits.Same(plain.unsqueeze(2).expand(normalized.shape), normalized))
        {
            return Shared(layer, role, plain);
        }

        // [batch, pos, head, 1, d_model] × [head, d_model, d_head]
        Tensor projected = normalized.unsqueeze(3).matmul(weights[$"blocks.{layer}.attn.W_{role}"]).squeeze(3);
        return projections.Bias(layer, role) is Tensor bias ? projected + bias.reshape(config.Heads, config.DHead) : projected;
    }

    private Tensor Output(string block, Tensor z)
    {
        Tensor matrix = weights[block + "attn.W_O"];
        Tensor? bias = weights.TryGet(block + "attn.b_O", out Tensor? tensor) ? tensor : null;
        if (hooks.Listens(block + "attn.hook_result"))
        {
            Tensor result = z.unsqueeze(3).matmul(matrix).squeeze(3);
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
