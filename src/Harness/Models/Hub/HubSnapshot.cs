using System.Collections.Immutable;

namespace CircuitSpecs.Models.Hub;

/// <summary>A model in the cache, every file of it verified.</summary>
/// <param name="Model">Its name at the hub.</param>
/// <param name="Commit">The commit that it is, 40 hexadecimal digits.</param>
/// <param name="Folder">The folder with its files: <c>models--org--name/snapshots/&lt;commit&gt;</c>.</param>
/// <param name="Files">The files that were asked for, by name.</param>
/// <param name="Bytes">The bytes of these files together.</param>
/// <param name="Received">The bytes that came over the network; the others were there already.</param>
public sealed record HubSnapshot(string Model, string Commit, string Folder, ImmutableArray<string> Files, long Bytes, long Received);
