using CircuitSpecs.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions;

/// <summary>
/// The order in which parts of a model read and write the residual stream. A write reaches a read whose number is not
/// smaller. In parallel blocks attention and MLP read the same stream, so neither reads the other.
/// </summary>
internal static class ResidualOrder
{
    /// <summary>When an activation is added to the residual stream.</summary>
    /// <param name="written">Where something that a component writes is set: embed, z, attn_out, post or mlp_out.</param>
    public static int OfWrite(HookPoint written) => written.Layer is not int layer ? 0
        : written.Site is "hook_mlp_out" or "mlp.hook_post" ? (2 * layer) + 2
        : (2 * layer) + 1;

    /// <summary>When an activation is computed from the residual stream.</summary>
    /// <param name="read">q, k or v of a layer, an MLP's input, or resid_post of the last layer.</param>
    /// <param name="config">The model's shape.</param>
    public static int OfRead(HookPoint read, ModelConfig config) => read.Site == "hook_resid_post"
        ? (2 * read.Layer!.Value) + 2
        : (2 * read.Layer!.Value) + (read.Site == "hook_mlp_in" && !config.ParallelBlock ? 1 : 0);
}
