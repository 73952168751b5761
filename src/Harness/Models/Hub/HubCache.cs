using System.Diagnostics.CodeAnalysis;
using System.Text;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Models.Hub;

/// <summary>
/// The cache that Hugging Face's tools download into: <c>models--org--name/snapshots/&lt;revision&gt;</c>, where <c>refs/main</c> holds the
/// revision that was current. <see cref="HubPull"/> fills it; this class only reads.
/// </summary>
/// <param name="folder">The cache's folder.</param>
public sealed class HubCache(string folder)
{
    private const string Prefix = "models--";
    private const int LongestReference = 1000;
    private const string Separator = "--";

    /// <summary>The cache's folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>Where Hugging Face's tools keep their cache: <c>HF_HUB_CACHE</c>, else <c>HF_HOME</c>/hub, else <c>XDG_CACHE_HOME</c>/huggingface/hub, else ~/.cache/huggingface/hub.</summary>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    /// <param name="home">The user's home folder.</param>
    public static HubCache At(Func<string, string?> variable, string home)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return new HubCache(Set(variable, "HF_HUB_CACHE", home) ?? Path.Combine(HomeIn(variable, home), "hub"));
    }

    /// <summary>Where Hugging Face's tools keep everything: <c>HF_HOME</c>, else <c>XDG_CACHE_HOME</c>/huggingface, else ~/.cache/huggingface.</summary>
    internal static string HomeIn(Func<string, string?> variable, string home) =>
        Set(variable, "HF_HOME", home) ?? Path.Combine(Set(variable, "XDG_CACHE_HOME", home) ?? Path.Combine(home, ".cache"), "huggingface");

    /// <summary>A path in which a leading <c>~</c> stands for the home folder, as Hugging Face's tools take it where no shell has.</summary>
    internal static string Expanded(string path, string home) => path == "~" ? home : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path;

    /// <summary>The folder that a model's files would be under, whether it is there or not.</summary>
    /// <param name="model">The model's name at the hub: <c>gpt2</c>, <c>org/name</c>.</param>
    public string RepositoryOf(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Path.Combine(Folder, Prefix + model.Replace("/", Separator, StringComparison.Ordinal));
    }

    /// <summary>The snapshot of a revision; without one that which <c>refs/main</c> points to, or the only one where there is no <c>refs/main</c>.</summary>
    /// <param name="model">The model's name at the hub, with <c>@revision</c> (a branch, a tag, a commit) for another one than the current.</param>
    /// <param name="snapshot">The folder of the snapshot.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryFind(string model, [NotNullWhen(true)] out string? snapshot, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] parts = model.Split('@', 2);
        string? revision = parts.Length == 2 ? parts[1] : null;
        string repository = RepositoryOf(parts[0]);
        string snapshots = Path.Combine(repository, "snapshots");
        snapshot = null;
        problem = null;
        if (!Directory.Exists(snapshots))
        {
            problem = Directory.Exists(Folder) ? "not there" : "no such cache";
            return false;
        }

        if (revision is not null && !HubNames.IsRevision(revision))
        {
            problem = $"{Quoted.Of(revision)} is not a revision; expected a branch, a tag or a commit";
            return false;
        }

        if (revision is not null && HubNames.IsCommit(revision) && Directory.Exists(Path.Combine(snapshots, revision)))
        {
            snapshot = Path.Combine(snapshots, revision);
            return true;
        }

        string name = $"refs/{revision ?? HubPull.DefaultRevision}";
        string reference = Path.Combine([repository, .. name.Split('/')]);
        if (File.Exists(reference))
        {
            return TryFollow(reference, name, snapshots, out snapshot, out problem);
        }

        string[] all = Directory.GetDirectories(snapshots);
        if (revision is null && all.Length == 1)
        {
            snapshot = all[0];
            return true;
        }

        problem = revision is null ? $"{all.Length} snapshots, and no refs/main that says which one is meant" : $"no revision '{revision}' among its {all.Length} snapshots";
        return false;
    }

    /// <summary>The models that the cache has a folder for, by name at the hub.</summary>
    public IEnumerable<string> Models() => Directory.Exists(Folder)
        ? Directory.EnumerateDirectories(Folder, $"{Prefix}*")
            .Select(path => Path.GetFileName(path)[Prefix.Length..].Replace(Separator, "/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
        : [];

    private static bool TryFollow(string reference, string name, string snapshots, [NotNullWhen(true)] out string? snapshot, [NotNullWhen(false)] out string? problem)
    {
        snapshot = null;
        problem = null;
        string commit;
        try
        {
            commit = Encoding.UTF8.GetString(BoundedFile.ReadAll(reference, LongestReference)).Trim();
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = $"{name} cannot be read: {unreadable.Message}";
            return false;
        }

        string pointed = Path.Combine(snapshots, commit);
        if (commit.Length > 0 && commit.All(char.IsAsciiLetterOrDigit) && Directory.Exists(pointed))
        {
            snapshot = pointed;
            return true;
        }

        problem = $"{name} names the revision {Quoted.Of(commit)}, which is not among its snapshots";
        return false;
    }

    private static string? Set(Func<string, string?> variable, string name, string home) => variable(name) is { Length: > 0 } value ? Expanded(value, home) : null;
}
