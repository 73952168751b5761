namespace CircuitSpecs.Models;

/// <summary>A model that is on this machine.</summary>
/// <param name="Name">The name to ask for it by.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="ModelType">Its <c>model_type</c>; null where there is no <c>config.json</c> or it names none.</param>
public sealed record ModelEntry(string Name, string Folder, string? ModelType);
