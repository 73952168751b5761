namespace CircuitSpecs.Models.Hub;

/// <summary>How far a file of a download is.</summary>
/// <param name="File">The file's name in the repository.</param>
/// <param name="Bytes">Bytes that are on this machine.</param>
/// <param name="Size">Bytes the file has; null where the hub does not say.</param>
/// <param name="Note">Something worth telling: why a request is made again, that a file was there already; null if the numbers say it all.</param>
/// <param name="Done">Whether the file is whole and verified.</param>
public sealed record HubProgress(string File, long Bytes, long? Size, string? Note = null, bool Done = false);
