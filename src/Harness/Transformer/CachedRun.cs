using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>What <c>RunWithCache</c> returns: the output and the activations. Disposing of it frees both.</summary>
public sealed class CachedRun : IDisposable
{
    internal CachedRun(Tensor output, ActivationCache cache)
    {
        Output = output.DetachFromDisposeScope();
        Cache = cache;
    }

    /// <summary>The logits [batch, pos, d_vocab], or the residual stream [batch, pos, d_model] of a run that stops at a layer.</summary>
    public Tensor Output { get; }

    /// <summary>The activations that were asked for.</summary>
    public ActivationCache Cache { get; }

    /// <summary>Gives the output and the cache, as TransformerLens's <c>run_with_cache</c> does.</summary>
    /// <param name="output">The logits or the residual stream.</param>
    /// <param name="cache">The activations.</param>
    public void Deconstruct(out Tensor output, out ActivationCache cache)
    {
        output = Output;
        cache = Cache;
    }

    /// <summary>Frees the output and the activations.</summary>
    public void Dispose()
    {
        Output.Dispose();
        Cache.Dispose();
    }
}
