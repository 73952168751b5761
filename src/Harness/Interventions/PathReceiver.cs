using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Where the paths of path patching end: what a head's queries, keys or values read, what an MLP reads, or the residual
/// stream that the logits are read from.
/// </summary>
public sealed record PathReceiver
{
    private readonly string role;
    private readonly Component? component;
    private readonly Position? at;

    private PathReceiver(string role, Component? component, Position? at)
    {
        this.role = role;
        this.component = component;
        this.at = at;
    }

    /// <summary>The residual stream after the last block, at every position.</summary>
    public static PathReceiver FinalResidual { get; } = new("resid", null, null);

    /// <summary>A head's queries.</summary>
    /// <param name="head">The head.</param>
    /// <param name="at">At which query position; null takes all.</param>
    public static PathReceiver Queries(Head head, Position? at = null) => new("q", Named(head), at);

    /// <summary>A head's keys. Where several heads share a head of keys (grouped-query attention), all of them read the patched ones.</summary>
    /// <param name="head">The (query) head.</param>
    /// <param name="at">At which key position; null takes all.</param>
    public static PathReceiver Keys(Head head, Position? at = null) => new("k", Named(head), at);

    /// <summary>A head's values. Where several heads share a head of values (grouped-query attention), all of them read the patched ones.</summary>
    /// <param name="head">The (query) head.</param>
    /// <param name="at">At which key position; null takes all.</param>
    public static PathReceiver Values(Head head, Position? at = null) => new("v", Named(head), at);

    /// <summary>What an MLP reads.</summary>
    /// <param name="mlp">The MLP.</param>
    /// <param name="at">At which position; null takes all.</param>
    public static PathReceiver Input(Mlp mlp, Position? at = null) => new("input", Named(mlp), at);

    /// <summary>For example <c>5.5.k at S1+1</c>.</summary>
    public override string ToString() => component is null ? "final residual" : $"{component}.{role}{(at is null ? string.Empty : $" at {at}")}";

    /// <summary>The activation that is recorded and patched.</summary>
    /// <exception cref="ArgumentException">The model has no such head or MLP.</exception>
    internal ActivationTarget In(ModelConfig config)
    {
        if (component is not null && !component.ExistsIn(config))
        {
            throw new ArgumentException($"The model has no {component.Kind} {component}: it has {config.Layers} layers of {config.Heads} heads.");
        }

        ActivationTarget target = component switch
        {
            Head head when role == "q" => new ActivationTarget(Hook.Q(head.Layer), [head.Index], At: at),
            Head head => new ActivationTarget(new HookPoint(head.Layer, $"attn.hook_{role}"), [config.KeyValueHeadOf(head.Index)], At: at),
            Mlp mlp => new ActivationTarget(Hook.MlpIn(mlp.Layer), At: at),
            _ => new ActivationTarget(Hook.ResidPost(config.Layers - 1)),
        };
        return target.In(config);
    }

    private static T Named<T>(T component)
        where T : Component
    {
        ArgumentNullException.ThrowIfNull(component);
        return component;
    }
}
