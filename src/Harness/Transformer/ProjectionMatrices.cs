using System.Collections.Concurrent;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>The projections of all heads of a layer side by side, made once: one matrix product per role instead of one per head.</summary>
internal sealed class ProjectionMatrices(ModelWeights weights) : IDisposable
{
    private readonly ConcurrentDictionary<(int Layer, string Role), Tensor> matrices = new();

    /// <summary>[d_model, head · d_head]. Of streamed weights it is made anew each time, in the caller's dispose scope.</summary>
    public Tensor Matrix(int layer, string role) => weights.AreStreamed
        ? Make((layer, role))
        : matrices.GetOrAdd((layer, role), key => Make(key).DetachFromDisposeScope());

    /// <summary>[head · d_head], or null where the model has no such bias.</summary>
    public Tensor? Bias(int layer, string role) => weights.TryGet($"blocks.{layer}.attn.b_{role}", out Tensor? bias) ? bias.reshape(-1) : null;

    private Tensor Make((int Layer, string Role) key)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor perHead = weights[$"blocks.{key.Layer}.attn.W_{key.Role}"];
        return perHead.permute(1, 0, 2).reshape(perHead.shape[1], perHead.shape[0] * perHead.shape[2]).contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (Tensor matrix in matrices.Values)
        {
            matrix.Dispose();
        }

        matrices.Clear();
    }
}
