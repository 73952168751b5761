using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>Steering along directions of activation space: adding one, or taking the part along some of them out.</summary>
public static class Steer
{
    /// <summary>Adds coefficient · direction to an activation (Turner et al. 2023, arXiv 2308.10248, "activation addition").</summary>
    /// <param name="point">Where, for example <c>Hook.ResidPre(6)</c>.</param>
    /// <param name="direction">[d], d being the size of the activation's last axis; not normalised. It is copied.</param>
    /// <param name="coefficient">What it is multiplied with.</param>
    /// <param name="at">At which position; null takes all.</param>
    /// <param name="head">To which head; null takes all. Only where the activation has an axis of heads.</param>
    /// <param name="name">What the direction is, for the description.</param>
    /// <exception cref="ArgumentException">The direction is not a vector, or not finite; on use: it has another size than the activation's last axis.</exception>
    public static Intervention Add(HookPoint point, Tensor direction, double coefficient, Position? at = null, int? head = null, string name = "a direction")
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(direction);
        if (direction.dim() != 1)
        {
            throw new ArgumentException($"A direction is a vector; this is [{string.Join(", ", direction.shape)}].", nameof(direction));
        }

        float[] values = direction.to_type(ScalarType.Float32).contiguous().data<float>().ToArray();
        if (!double.IsFinite(coefficient) || !values.All(float.IsFinite))
        {
            throw new ArgumentException($"Coefficient ({coefficient}) and direction have to be finite.", nameof(direction));
        }

        ActivationTarget target = Target(point, head, at);
        return new ActivationEdit(
            string.Create(CultureInfo.InvariantCulture, $"steer by {coefficient:R} × {name} ({ContentHash.Of(values)}) at {target}"),
            _ => [target],
            (_, where, _, activation) => activation.shape[^1] == values.Length
                ? activation + (coefficient * tensor(values))
                : throw new ArgumentException($"The direction has {values.Length} entries; the last axis of '{where.Point}' has {activation.shape[^1]}."));
    }

    /// <summary>
    /// Takes the part of activations along some directions out, x − QQᵀx with Q an orthonormal basis of them (directional
    /// ablation: Arditi et al. 2024, arXiv 2406.11717, section 2.4, there for one direction and every write to the
    /// residual stream: name all of <see cref="WritesOf"/>).
    /// </summary>
    /// <param name="points">Where.</param>
    /// <param name="directions">[d], or [d, k] with independent columns, d being the size of the activations' last axis; their lengths do not matter. They are copied.</param>
    /// <param name="at">At which position; null takes all.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads.</param>
    /// <param name="name">What the directions are, for the description.</param>
    /// <exception cref="ArgumentException">There is no point, or the directions are not independent; on use: they have another size than the activations' last axis.</exception>
    public static Intervention ProjectOut(IEnumerable<HookPoint> points, Tensor directions, Position? at = null, int? head = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        var basis = new OrthonormalBasis(directions);
        ImmutableArray<ActivationTarget> targets = [.. points.Distinct().Select(point => Target(point, head, at))];
        if (targets.IsEmpty)
        {
            throw new ArgumentException("Name at least one point to project at.", nameof(points));
        }

        string what = $"{name ?? (basis.Rank == 1 ? "a direction" : string.Create(CultureInfo.InvariantCulture, $"{basis.Rank} directions"))} ({basis.Hash})";
        string where = targets.Length < 4 ? string.Join(", ", targets) : string.Create(CultureInfo.InvariantCulture, $"{targets.Length} points from {targets[0]} to {targets[^1]}");
        return new ActivationEdit($"project {what} out of {where}", _ => targets, (_, target, _, activation) =>
        {
            basis.RequireWidth(activation, target.Point.Name);
            return activation - basis.Project(activation);
        });
    }

    /// <summary>Takes the part of an activation along some directions out.</summary>
    /// <param name="point">Where, for example <c>Hook.ResidPost(4)</c>.</param>
    /// <param name="directions">[d], or [d, k] with independent columns, d being the size of the activation's last axis; their lengths do not matter. They are copied.</param>
    /// <param name="at">At which position; null takes all.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads.</param>
    /// <param name="name">What the directions are, for the description.</param>
    /// <exception cref="ArgumentException">The directions are not independent; on use: they have another size than the activation's last axis.</exception>
    public static Intervention ProjectOut(HookPoint point, Tensor directions, Position? at = null, int? head = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(point);
        return ProjectOut([point], directions, at, head, name);
    }

    /// <summary>Every point of a model at which something is written to the residual stream: embeddings, attn_out and mlp_out of all layers.</summary>
    /// <param name="model">The model.</param>
    public static IReadOnlyList<HookPoint> WritesOf(HookedTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. HookCatalog.PointsIn(model.Config, onDemand: false).Where(point => point.Site is "hook_embed" or "hook_pos_embed" or "hook_attn_out" or "hook_mlp_out")];
    }

    private static ActivationTarget Target(HookPoint point, int? head, Position? at) => new(point, head is int index ? [index] : default, At: at);
}
