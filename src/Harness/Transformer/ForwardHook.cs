using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>A function at a hook point, for one run or for the runs inside a <c>using (model.Hooks(...))</c>.</summary>
public sealed class ForwardHook
{
    /// <summary>Makes a hook that may replace the activation.</summary>
    /// <param name="point">Where.</param>
    /// <param name="function">What.</param>
    public ForwardHook(HookPoint point, HookFunction function)
        : this(point, function, observes: false)
    {
    }

    private ForwardHook(HookPoint point, HookFunction function, bool observes)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(function);
        Point = point;
        Function = function;
        Observes = observes;
    }

    /// <summary>Where the hook is.</summary>
    public HookPoint Point { get; }

    /// <summary>What it does.</summary>
    public HookFunction Function { get; }

    /// <summary>Whether it only looks, so that it needs no copy of the activation.</summary>
    public bool Observes { get; }

    /// <summary>Makes a hook that only looks. It must not change the activation: it is not given a copy.</summary>
    /// <param name="point">Where.</param>
    /// <param name="look">Called with the activation.</param>
    public static ForwardHook Observing(HookPoint point, Action<Tensor> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        return new ForwardHook(
            point,
            (activation, _) =>
            {
                look(activation);
                return null;
            },
            observes: true);
    }
}
