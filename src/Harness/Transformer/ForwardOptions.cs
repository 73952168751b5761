using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>Which part of a forward pass to run, with TransformerLens's meanings.</summary>
public sealed record ForwardOptions
{
    /// <summary>The whole pass, logits at every position.</summary>
    public static ForwardOptions Default { get; } = new();

    /// <summary>Where set, the input is not tokens but the residual stream [batch, pos, d_model] before this block, and the blocks before it are not run. Negative counts from the last.</summary>
    public int? StartAtLayer { get; init; }

    /// <summary>Where set, the pass ends before this block and returns the residual stream [batch, pos, d_model]; n_layers runs all blocks and neither ln_final nor the unembedding. Negative counts from the last.</summary>
    public int? StopAtLayer { get; init; }

    /// <summary>
    /// Where set, [batch, n] int64, logits are computed at these positions only and are [batch, n, d_vocab]: the
    /// unembedding is the largest matrix of a small model.
    /// </summary>
    public Tensor? LogitsAt { get; init; }

    /// <summary>Where set, [batch, pos] int64, 0 marks padding: such keys are not attended to, and positions count the other tokens (cumulative sum − 1). What is computed at padding means nothing.</summary>
    public Tensor? AttentionMask { get; init; }

    /// <summary>
    /// Where set, the input continues the tokens that the cache holds, and the run adds its own: attention sees them all, and an
    /// <see cref="AttentionMask"/> has to cover them all, [batch, past + pos]. Not with <see cref="StartAtLayer"/> or <see cref="StopAtLayer"/>.
    /// </summary>
    public KeyValueCache? Cache { get; init; }

    /// <summary>
    /// Whether autograd records the run, so that the output can be differentiated by activations that a hook gave <c>requires_grad</c>. Without, a run
    /// keeps nothing. <see cref="Differentiation.RunWithGradients"/> does all of it.
    /// </summary>
    public bool RecordGradients { get; init; }

    /// <summary>What is known from another run and left out.</summary>
    internal PartialPass? Partial { get; init; }
}
