using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>
/// One run through the model. It reads the configuration and the parameters that are present, and knows no families.
/// Fused operations are its arithmetic throughout; a point that is only looked at is computed beside them, and only a
/// value that a hook really changed is carried on by the unfused formula. So patching a run with its own activations
/// gives the same bits as not patching it.
/// </summary>
internal sealed class ForwardPass
{
    private readonly ModelConfig config;
    private readonly ModelWeights weights;
    private readonly HookTable hooks;
    private readonly Normalization norms;
    private readonly AttentionStep attention;
    private readonly MlpStep mlp;
    private readonly AttentionMasks masks;

    public ForwardPass(ModelWeights weights, ProjectionMatrices projections, AttentionMasks masks, Rotation? rotation, HookTable hooks)
    {
        this.masks = masks;
        config = weights.Config;
        this.weights = weights;
        this.hooks = hooks;
        norms = new Normalization(weights, hooks);
        attention = new AttentionStep(weights, projections, rotation, norms, hooks);
        mlp = new MlpStep(weights, norms, hooks);
    }

    /// <summary>Runs the part that the options ask for.</summary>
    /// <param name="input">Checked tokens [batch, pos], or a residual stream [batch, pos, d_model].</param>
    /// <param name="options">Which part.</param>
    /// <returns>Logits [batch, pos or n, d_vocab], or the residual stream; in the caller's dispose scope.</returns>
    public Tensor Run(Tensor input, ForwardOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        int first = Layer(options.StartAtLayer ?? 0);
        int last = Layer(options.StopAtLayer ?? config.Layers);
        IEarlierTokens? earlier = (IEarlierTokens?)options.Cache ?? options.Partial?.Prefix;
        var positions = new RunPositions(masks, input.shape[1], earlier?.Length ?? 0, options.AttentionMask);
        Tensor residual = options.StartAtLayer is null ? Embed(input, positions) : input;
        for (int layer = first; layer < last; layer++)
        {
            residual = Block(layer, layer == first, residual, positions, earlier, options.Partial);
        }

        options.Cache?.Advance(positions.Queries);
        Tensor result = options.StopAtLayer is null ? Unembed(residual, options.LogitsAt) : residual;

        // With nothing to run, the result is the input itself, which stays the caller's.
        result = ReferenceEquals(result, input) ? result.alias() : result;
        return result.MoveToOuterDisposeScope();
    }

    private int Layer(int layer)
    {
        int counted = layer < 0 ? layer + config.Layers : layer;
        return counted >= 0 && counted <= config.Layers
            ? counted
            : throw new ArgumentOutOfRangeException(nameof(layer), layer, $"The model has {config.Layers} layers; start or stop at 0 to {config.Layers}, or count from the end with -1 to {-config.Layers}.");
    }

    private Tensor Embed(Tensor tokens, RunPositions positions)
    {
        using DisposeScope scope = NewDisposeScope();
        tokens = hooks.At("hook_tokens", tokens);
        Tensor embed = Rows(weights["embed.W_E"], tokens);
        embed = hooks.At("hook_embed", config.EmbeddingNorm ? norms.LayerNorm("embed.ln", embed) : embed);
        if (config.Positions != PositionScheme.Learned)
        {
            return embed.MoveToOuterDisposeScope();
        }

        Tensor table = weights["pos_embed.W_pos"];
        Tensor position = positions.PaddedIndices is Tensor indices
            ? Rows(table, indices)
            : table.narrow(0, positions.Past, positions.Queries).unsqueeze(0).expand(tokens.shape[0], positions.Queries, config.DModel);
        position = hooks.At("hook_pos_embed", position);
        return (embed + position).MoveToOuterDisposeScope();
    }

    private Tensor Block(int layer, bool isFirst, Tensor residual, RunPositions positions, IEarlierTokens? earlier, PartialPass? partial)
    {
        using DisposeScope scope = NewDisposeScope();
        string block = $"blocks.{layer}.";
        RunPositions queries = partial?.LastPositions is int last && layer == config.Layers - 1 ? positions.Last(last) : positions;
        Tensor middle;
        if (isFirst && partial is { FromMlp: true })
        {
            middle = residual = queries.Cut(residual);
        }
        else
        {
            residual = hooks.At(block + "hook_resid_pre", residual);
            Tensor attentionOut = partial?.AttentionOut is { } known ? known(layer) : AttentionOut(layer, block, residual, positions, queries, earlier);
            residual = queries.Cut(residual);
            middle = residual + hooks.At(block + "hook_attn_out", attentionOut);
        }

        if (!config.AttentionOnly)
        {
            if (!config.ParallelBlock)
            {
                middle = hooks.At(block + "hook_resid_mid", middle);
            }

            Tensor mlpOut = mlp.Run(layer, config.ParallelBlock ? residual : middle);
            mlpOut = hooks.At(block + "hook_mlp_out", config.PostNorms ? norms.Apply(block + "ln2_post", mlpOut) : mlpOut);
            middle = middle + mlpOut;
        }

        return hooks.At(block + "hook_resid_post", middle).MoveToOuterDisposeScope();
    }

    private Tensor AttentionOut(int layer, string block, Tensor residual, RunPositions positions, RunPositions queries, IEarlierTokens? earlier)
    {
        Tensor written = attention.Run(layer, residual, positions, queries, earlier);
        return config.PostNorms ? norms.Apply(block + "ln1_post", written) : written;
    }

    private Tensor Unembed(Tensor residual, Tensor? logitsAt)
    {
        using DisposeScope scope = NewDisposeScope();

        // Whoever listens at the end of the model is shown all positions, as without LogitsAt.
        bool listened = hooks.Listens("ln_final.hook_scale") || hooks.Listens("ln_final.hook_normalized") || hooks.Listens("unembed.hook_in") || hooks.Listens("unembed.hook_out");
        if (logitsAt is not null && !listened)
        {
            residual = Gather(residual, logitsAt);
        }

        Tensor normalized = norms.Apply("ln_final", residual);
        normalized = hooks.At("unembed.hook_in", normalized);
        Tensor logits = Affine.Apply(normalized, weights["unembed.W_U"], weights.TryGet("unembed.b_U", out Tensor? bias) ? bias : null);
        logits = hooks.At("unembed.hook_out", config.LogitSoftCap is double cap ? (logits / cap).tanh() * cap : logits);
        if (logitsAt is not null && listened)
        {
            logits = Gather(logits, logitsAt);
        }

        return logits.MoveToOuterDisposeScope();
    }

    /// <summary>Rows of a table by index: [rows, width] and [batch, pos] give [batch, pos, width].</summary>
    private static Tensor Rows(Tensor table, Tensor indices) =>
        table.index_select(0, indices.reshape(-1)).reshape(indices.shape[0], indices.shape[1], table.shape[1]);

    /// <summary>[batch, pos, width] at [batch, n] gives [batch, n, width].</summary>
    private static Tensor Gather(Tensor values, Tensor positions)
    {
        long batch = values.shape[0];
        long count = positions.shape[1];
        long width = values.shape[2];
        return values.gather(1, positions.unsqueeze(-1).expand(batch, count, width));
    }
}
