using System.Collections.Immutable;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>Patched residual streams at the place from which they have to be run on.</summary>
/// <param name="Layer">The block that is next; n_layers where nothing is left but the read-out.</param>
/// <param name="AtMlp">Whether of that block only the MLP is left.</param>
/// <param name="Unpatched">The residual stream of the unpatched run there, [prompt, pos, d_model].</param>
/// <param name="Patched">[source, pos, d_model]; a row takes its positions <see cref="PatchedRow.From"/> to <see cref="PatchedRow.Until"/>.</param>
/// <param name="Rows">Those that can change what is read.</param>
internal sealed record EnteredRows(int Layer, bool AtMlp, Tensor Unpatched, Tensor Patched, ImmutableArray<PatchedRow> Rows);
