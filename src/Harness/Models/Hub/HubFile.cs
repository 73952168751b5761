namespace CircuitSpecs.Models.Hub;

/// <summary>A file of a commit, as the hub describes it.</summary>
/// <param name="Name">Its path in the repository; checked to stay below the folder it is put in.</param>
/// <param name="Hash">SHA-256 of its bytes (64 digits, files in LFS), or its git blob id (40 digits): also its name among the blobs.</param>
/// <param name="Size">Bytes; null where the hub does not say.</param>
internal sealed record HubFile(string Name, string Hash, long? Size);
