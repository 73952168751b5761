using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace CircuitSpecs.Models.Hub;

/// <summary>
/// Downloads a model into a <see cref="HubCache"/>, in the layout that Hugging Face's tools share: <c>blobs/&lt;hash&gt;</c> verified,
/// <c>snapshots/&lt;commit&gt;/&lt;file&gt;</c> links to them (copies where the file system has none), <c>refs/&lt;revision&gt;</c> written last.
/// Wherever it is cut, nothing in the cache is broken, and the next try goes on from there.
/// </summary>
public sealed class HubPull
{
    /// <summary>The revision where none is named.</summary>
    public const string DefaultRevision = "main";

    private readonly HubSettings settings;
    private readonly HubCache cache;

    /// <summary>Prepares downloads.</summary>
    /// <param name="settings">How to talk to the hub.</param>
    /// <param name="cache">Where to put the files.</param>
    public HubPull(HubSettings settings, HubCache cache)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(cache);
        this.settings = settings;
        this.cache = cache;
    }

    /// <summary>Downloads what is needed of a model, and verifies all of it, also what was there already.</summary>
    /// <param name="model">Its name at the hub: <c>gpt2</c>, <c>org/name</c>.</param>
    /// <param name="revision">A branch, a tag or a commit.</param>
    /// <param name="include">Patterns (<c>*</c>, <c>?</c>) of files to bring besides those that a model needs.</param>
    /// <param name="progress">Told how far each file is; called from several threads.</param>
    /// <param name="cancel">Ends the download; what has arrived is kept.</param>
    /// <exception cref="HubException">It cannot be brought; the message says why and what helps.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<HubSnapshot> RunAsync(string model, string revision = DefaultRevision, IReadOnlyList<string>? include = null, IProgress<HubProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(revision);
        RequireNames(model, revision);
        if (settings.Offline)
        {
            string there = cache.TryFind(model, out string? present, out string? problem) ? $"It is in the cache: {present}" : $"In the cache: {problem}";
            throw new HubException($"HF_HUB_OFFLINE forbids to ask {settings.Endpoint} for '{model}'. {there}.");
        }

        using var client = new HubClient(settings);
        HubListing listing = await client.ListAsync(model, revision, cancel).ConfigureAwait(false);
        ImmutableArray<string> names = HubFileSelection.Of(model, listing.Files, include ?? []);

        string repository = cache.RepositoryOf(model);
        var blobs = new HubBlobs(settings, client, Path.Combine(repository, "blobs"), Path.Combine(cache.Folder, ".locks", Path.GetFileName(repository)));
        var brought = new ConcurrentDictionary<string, (string Blob, long Bytes, long Received)>(StringComparer.Ordinal);

        // An index first: a repository whose shards are not there is refused before the large files.
        ImmutableArray<string> indices = [.. names.Where(HubFileSelection.IsIndex)];
        await BringAsync(indices).ConfigureAwait(false);
        names = [.. names.Concat(indices.SelectMany(index => HubFileSelection.ShardsOf(model, brought[index].Blob, listing.Files))).Distinct(StringComparer.Ordinal)];
        await BringAsync(names.RemoveRange(indices)).ConfigureAwait(false);
        RequireNoneInsideAnother(model, names);

        cancel.ThrowIfCancellationRequested();
        string snapshot = new HubSnapshotFolder(repository, settings.SymbolicLinks).Link(listing.Commit, [.. names.Select(name => (name, brought[name].Blob))]);
        if (revision != listing.Commit)
        {
            WriteReference(Path.Combine([repository, "refs", .. revision.Split('/')]), listing.Commit);
        }

        return new HubSnapshot(model, listing.Commit, snapshot, names, brought.Values.Sum(file => file.Bytes), brought.Values.Sum(file => file.Received));

        async Task BringAsync(IReadOnlyCollection<string> wanted)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel, CancellationToken = cancel };
            var described = new ConcurrentBag<HubFile>();
            await Parallel.ForEachAsync(wanted, options, async (name, stop) => described.Add(await client.DescribeAsync(model, listing.Commit, name, stop).ConfigureAwait(false))).ConfigureAwait(false);

            // Files with the same bytes share a blob; two downloads of it would get in each other's way.
            IEnumerable<IGrouping<string, HubFile>> distinct = described.OrderBy(file => file.Name, StringComparer.Ordinal).GroupBy(file => file.Hash, StringComparer.Ordinal);
            foreach (HubFile file in described)
            {
                progress?.Report(new HubProgress(file.Name, 0, file.Size));
            }

            await Parallel.ForEachAsync(distinct, options, async (same, stop) =>
            {
                foreach (HubFile file in same)
                {
                    brought[file.Name] = await blobs.BringAsync(model, listing.Commit, file, step => progress?.Report(step), stop).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }
    }

    private static void RequireNames(string model, string revision)
    {
        if (!HubNames.IsModel(model))
        {
            throw new HubException($"'{HubSettings.Quoted(model)}' is not the name of a model at a hub; expected name or org/name.");
        }

        if (!HubNames.IsRevision(revision))
        {
            throw new HubException($"'{HubSettings.Quoted(revision)}' is not a revision; expected a branch, a tag or a commit.");
        }
    }

    private static void RequireNoneInsideAnother(string model, ImmutableArray<string> names)
    {
        foreach (string name in names)
        {
            if (names.FirstOrDefault(other => other.StartsWith(name + "/", StringComparison.Ordinal)) is string inside)
            {
                throw new HubException($"The hub lists '{HubSettings.Quoted(inside)}' inside '{HubSettings.Quoted(name)}', which is a file of '{model}' too.");
            }
        }
    }

    private static void WriteReference(string path, string commit)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string written = $"{path}.{Guid.NewGuid():N}.incomplete";
        File.WriteAllText(written, commit);
        File.Move(written, path, overwrite: true);
    }
}
