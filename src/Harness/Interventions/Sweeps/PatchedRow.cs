namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>One prompt with the change of one cell.</summary>
/// <param name="Cell">Which cell, by its place in the sweep.</param>
/// <param name="Prompt">Which prompt, by its place in the group that is run together.</param>
/// <param name="Source">Which row of <see cref="EnteredRows.Patched"/> holds its residual stream.</param>
/// <param name="From">The first position that differs from the unpatched run.</param>
/// <param name="Until">The position after the last one that differs.</param>
internal readonly record struct PatchedRow(int Cell, int Prompt, int Source, int From, int Until);
