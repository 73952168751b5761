using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>
/// What a forward pass may leave out because its outcome is known from another run: the arithmetic of the rest is that of the whole pass. Used with
/// <see cref="ForwardOptions.StartAtLayer"/> on prompts without padding.
/// </summary>
internal sealed record PartialPass
{
    /// <summary>Where set, the input is the suffix of prompts whose earlier tokens have these keys and values.</summary>
    public KeyValuePrefix? Prefix { get; init; }

    /// <summary>Whether the input is the residual stream between attention and MLP of the first block (<c>hook_resid_mid</c>), whose attention is not run.</summary>
    public bool FromMlp { get; init; }

    /// <summary>
    /// Where set, the last block of the model computes its output at the last so many positions only, since nothing else is read of it; its keys and values
    /// are those of all positions. The output, and what hooks of that block are shown of queries and later, has so many positions.
    /// </summary>
    public int? LastPositions { get; init; }

    /// <summary>Where set, what the attention of each block writes (<c>hook_attn_out</c> [batch, pos, d_model], by layer); no attention is run.</summary>
    public Func<int, Tensor>? AttentionOut { get; init; }
}
