using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>The activations of one run. They live in the cache: disposing of it frees them.</summary>
public sealed class ActivationCache : IDisposable
{
    private readonly ModelConfig config;
    private readonly Dictionary<HookPoint, Tensor> activations = [];

    internal ActivationCache(ModelConfig config) => this.config = config;

    /// <summary>The points that the cache holds, in the order in which they fired.</summary>
    public IReadOnlyCollection<HookPoint> Points => activations.Keys;

    /// <summary>Bytes of the activations.</summary>
    public long Bytes => activations.Values.Sum(activation => activation.numel() * activation.element_size());

    /// <summary>An activation, by hook point, name or shorthand; shapes stand with the members of <see cref="Hook"/>.</summary>
    /// <param name="point">For example <c>Hook.Pattern(4)</c>, <c>"pattern4"</c> or <c>("pattern", -1)</c>.</param>
    /// <returns>The tensor, owned by the cache.</returns>
    /// <exception cref="UnknownHookException">The model has no such point, or the cache does not hold it; the message lists the nearest names.</exception>
    public Tensor this[HookPoint point]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(point);
            return activations.TryGetValue(point.In(config), out Tensor? activation)
                ? activation
                : throw UnknownHookException.NotCached(point, activations.Keys);
        }
    }

    /// <summary>Whether the cache holds the activation.</summary>
    /// <param name="point">The point; one that the model does not have is not held.</param>
    public bool Contains(HookPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        HookPoint counted = point.Layer is < 0 and int layer ? new HookPoint(layer + config.Layers, point.Site) : point;
        return activations.ContainsKey(counted);
    }

    /// <summary>Frees the activations.</summary>
    public void Dispose()
    {
        foreach (Tensor activation in activations.Values)
        {
            activation.Dispose();
        }

        activations.Clear();
    }

    /// <summary>Takes an activation over. Where a point fires several times in a run, the last one stays, as in TransformerLens.</summary>
    internal void Store(HookPoint point, Tensor activation)
    {
        if (activations.Remove(point, out Tensor? earlier))
        {
            earlier.Dispose();
        }

        activations[point] = activation.DetachFromDisposeScope();
    }
}
