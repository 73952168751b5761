using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>The kinds of sweep.</summary>
internal static class SweepTasks
{
    /// <summary>Activations of the other twin in place.</summary>
    public static SweepTask Patching(SweepDirection direction, Func<int, HookPoint> of, bool byHead, ImmutableArray<Position>? positions)
    {
        ArgumentNullException.ThrowIfNull(of);
        string where = $"{of(0).Site} of every {(byHead ? "head" : "layer")}{(positions is null ? string.Empty : " and position")}";
        return new SweepTask(Words(direction, where), of, layer => Patch(direction, of(layer)), byHead, positions, SweepPath.Everything)
        {
            FromTwin = true,
            Intervention = cell => Patch(direction, of(cell.Layer), cell.Head, cell.At),
        };
    }

    /// <summary>A given intervention on one layer or head after another.</summary>
    public static SweepTask Of(string what, Func<int, HookPoint> point, Func<HookPoint, Intervention> intervention, bool byHead)
    {
        ArgumentNullException.ThrowIfNull(intervention);
        return new SweepTask($"{intervention(point(0)).Description}, and so {what}", point, layer => intervention(point(layer)), byHead, null, SweepPath.Everything)
        {
            Intervention = cell => cell.Head is int head ? new PartOfIntervention(intervention(point(cell.Layer)), new ActivationTarget(point(cell.Layer), [head])) : intervention(point(cell.Layer)),
        };
    }

    /// <summary>Activations of the other twin in place, whose change reaches the final residual stream past all attention.</summary>
    public static SweepTask Paths(SweepDirection direction, Func<int, HookPoint> of, bool byHead, PathMlps mlps)
    {
        string what = $"the path from {(byHead ? "every head" : "every MLP")} to the final residual stream, MLPs {(mlps == PathMlps.Frozen ? "frozen" : "recomputed")}";
        SweepPath path = mlps == PathMlps.Frozen ? SweepPath.Direct : SweepPath.ThroughMlps;
        return new SweepTask(Words(direction, what), of, layer => Patch(direction, of(layer)), byHead, null, path)
        {
            FromTwin = true,
            Intervention = cell =>
            {
                Component sender = cell.Head is int head ? new Head(cell.Layer, head) : new Mlp(cell.Layer);
                return direction == SweepDirection.Denoising
                    ? PathPatch.Denoising(sender, PathReceiver.FinalResidual, mlps)
                    : PathPatch.Noising(sender, PathReceiver.FinalResidual, mlps);
            },
        };
    }

    private static ActivationPatch Patch(SweepDirection direction, HookPoint point, int? head = null, Position? at = null) => direction switch
    {
        SweepDirection.Denoising => ActivationPatch.Denoising(point, head, at),
        SweepDirection.Noising => ActivationPatch.Noising(point, head, at),
        _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, "Not a direction."),
    };

    private static string Words(SweepDirection direction, string what) => direction == SweepDirection.Denoising ? $"denoise {what}" : $"noise {what}";
}
