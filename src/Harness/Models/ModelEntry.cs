namespace CircuitSpecs.Models;

/// <summary>A model that is on this machine.</summary>
/// <param name="Name">The name to ask for it by.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="ModelType">Its <c>model_type</c>; null where neither <c>config.json</c> nor a GGUF file's metadata name one.</param>
public sealed record ModelEntry(string Name, string Folder, string? ModelType);
