namespace CircuitSpecs.Models.Hub;

/// <summary>Makes <c>snapshots/&lt;commit&gt;</c> out of verified blobs. A new snapshot appears with all its files at once, so that nobody ever finds half a model.</summary>
internal sealed class HubSnapshotFolder(string repository, bool symbolicLinks)
{
    private bool links = symbolicLinks;

    /// <summary>Gives the files of a snapshot their names.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="files">Name and blob of every file; the names are safe.</param>
    /// <returns>The snapshot's folder.</returns>
    public string Link(string commit, IReadOnlyList<(string Name, string Blob)> files)
    {
        string snapshot = Path.Combine(repository, "snapshots", commit);
        RequireFolder(repository, snapshot);
        if (Directory.Exists(snapshot))
        {
            return Complete(snapshot, files);
        }

        // Beside snapshots/, where a listing of snapshots does not see it; links are relative to where they will be.
        string prepared = Path.Combine(repository, $".{commit}.{Guid.NewGuid():N}.incomplete");
        try
        {
            foreach ((string name, string blob) in files)
            {
                Place(prepared, snapshot, name, blob);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(snapshot)!);
            Directory.Move(prepared, snapshot);
        }
        catch (IOException) when (Directory.Exists(snapshot))
        {
            // Another process was faster.
            return Complete(snapshot, files);
        }
        finally
        {
            if (Directory.Exists(prepared))
            {
                Directory.Delete(prepared, recursive: true);
            }
        }

        return snapshot;
    }

    private string Complete(string snapshot, IReadOnlyList<(string Name, string Blob)> files)
    {
        foreach ((string name, string blob) in files)
        {
            Place(snapshot, snapshot, name, blob);
        }

        return snapshot;
    }

    // A folder on the way that is a link would lead out of the cache.
    private static void RequireFolder(string top, string folder)
    {
        for (string? part = folder; part is not null && part.Length > top.Length; part = Path.GetDirectoryName(part))
        {
            if (new DirectoryInfo(part) is { Exists: true, LinkTarget: string target })
            {
                throw new HubException($"'{part}' is a link to '{target}'; expected a folder of the cache. Remove it.");
            }
        }
    }

    private void Place(string folder, string final, string name, string blob)
    {
        string[] parts = name.Split('/');
        string path = Path.Combine([folder, .. parts]);
        string parent = Path.GetDirectoryName(path)!;
        RequireFolder(folder, parent);
        Directory.CreateDirectory(parent);
        string finalParent = Path.GetDirectoryName(Path.Combine([final, .. parts]))!;
        string target = Path.GetRelativePath(finalParent, blob);
        if (new FileInfo(path).LinkTarget == target)
        {
            return;
        }

        string placed = $"{path}.{Guid.NewGuid():N}.incomplete";
        if (!TryLink(placed, target))
        {
            File.Copy(blob, placed);
        }

        File.Move(placed, path, overwrite: true);
    }

    private bool TryLink(string path, string target)
    {
        if (!links)
        {
            return false;
        }

        try
        {
            File.CreateSymbolicLink(path, target);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // Windows without developer mode, some network and FAT file systems. A disk that is full shows in the copy.
            links = false;
        }

        return links;
    }
}
