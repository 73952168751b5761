using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>The hooks of one run, by point, and whether each of them fired.</summary>
internal sealed class HookTable
{
    private readonly Dictionary<string, List<Entry>> entries = new(StringComparer.Ordinal);

    /// <summary>Resolves the hooks' points in a model of this shape.</summary>
    /// <exception cref="UnknownHookException">The model lacks one of the points.</exception>
    public HookTable(ModelConfig config, IEnumerable<ForwardHook> hooks)
    {
        foreach (ForwardHook hook in hooks)
        {
            HookPoint point = hook.Point.In(config);
            if (!entries.TryGetValue(point.Name, out List<Entry>? atPoint))
            {
                entries[point.Name] = atPoint = [];
            }

            atPoint.Add(new Entry(hook, point));
        }
    }

    /// <summary>Whether anybody listens at the point.</summary>
    public bool Listens(string name) => entries.ContainsKey(name);

    /// <summary>Runs the hooks of a point.</summary>
    /// <returns>The activation to go on with: the same object, where no hook replaced it.</returns>
    /// <exception cref="InvalidOperationException">A hook returned a tensor of another shape or type.</exception>
    public Tensor At(string name, Tensor activation)
    {
        if (!entries.TryGetValue(name, out List<Entry>? atPoint))
        {
            return activation;
        }

        foreach (Entry entry in atPoint)
        {
            entry.Fired = true;
            if (entry.Hook.Observes)
            {
                entry.Hook.Function(activation, entry.Point);
                continue;
            }

            // The copy keeps an edit in place from reaching other tensors that share the storage: the residual stream
            // after one block is the residual stream before the next.
            Tensor copy = activation.clone();
            Tensor? returned = entry.Hook.Function(copy, entry.Point);
            if (returned is null || ReferenceEquals(returned, copy))
            {
                activation = copy;
                continue;
            }

            if (!returned.shape.AsSpan().SequenceEqual(activation.shape) || returned.dtype != activation.dtype)
            {
                throw new InvalidOperationException($"The hook at '{name}' returned [{string.Join(", ", returned.shape)}] {returned.dtype}; expected [{string.Join(", ", activation.shape)}] {activation.dtype}.");
            }

            // An alias, since the returned tensor belongs to whoever made it and this run must not dispose of it.
            activation = returned.alias();
        }

        return activation;
    }

    /// <summary>Fails if a hook did not fire.</summary>
    /// <exception cref="InvalidExperimentException">Names the hooks that did not fire.</exception>
    public void RequireAllFired()
    {
        string[] silent = [.. entries.Values.SelectMany(atPoint => atPoint).Where(entry => !entry.Fired).Select(entry => entry.Point.Name).Distinct()];
        if (silent.Length > 0)
        {
            throw new InvalidExperimentException($"Hooks did not fire: {string.Join(", ", silent)}. The run did not reach these points (see StartAtLayer and StopAtLayer).");
        }
    }

    private sealed class Entry(ForwardHook hook, HookPoint point)
    {
        public ForwardHook Hook { get; } = hook;

        public HookPoint Point { get; } = point;

        public bool Fired { get; set; }
    }
}
