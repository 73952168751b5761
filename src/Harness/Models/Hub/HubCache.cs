using System.Diagnostics.CodeAnalysis;

namespace CircuitSpecs.Models.Hub;

/// <summary>
/// The cache that Hugging Face's tools download into: <c>models--org--name/snapshots/&lt;revision&gt;</c>, where <c>refs/main</c> holds the
/// revision that was current. <see cref="HubPull"/> fills it; this class only reads.
/// </summary>
/// <param name="folder">The cache's folder.</param>
public sealed class HubCache(string folder)
{
    private const string Prefix = "models--";
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

    /// <summary>The snapshot that <c>refs/main</c> points to, or the only one where there is no <c>refs/main</c>.</summary>
    /// <param name="model">The model's name at the hub.</param>
    /// <param name="snapshot">The folder of the snapshot.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryFind(string model, [NotNullWhen(true)] out string? snapshot, [NotNullWhen(false)] out string? problem)
    {
        string repository = RepositoryOf(model);
        string snapshots = Path.Combine(repository, "snapshots");
        snapshot = null;
        problem = null;
        if (!Directory.Exists(snapshots))
        {
            problem = Directory.Exists(Folder) ? "not there" : "no such cache";
            return false;
        }

        string reference = Path.Combine(repository, "refs", "main");
        if (File.Exists(reference))
        {
            string revision = File.ReadAllText(reference).Trim();
            string pointed = Path.Combine(snapshots, revision);
            if (revision.Length > 0 && revision.All(char.IsAsciiLetterOrDigit) && Directory.Exists(pointed))
            {
                snapshot = pointed;
                return true;
            }

            problem = $"refs/main names the revision '{revision}', which is not among its snapshots";
            return false;
        }

        string[] all = Directory.GetDirectories(snapshots);
        if (all.Length == 1)
        {
            snapshot = all[0];
            return true;
        }

        problem = $"{all.Length} snapshots, and no refs/main that says which one is meant";
        return false;
    }

    /// <summary>The models that the cache has a folder for, by name at the hub.</summary>
    public IEnumerable<string> Models() => Directory.Exists(Folder)
        ? Directory.EnumerateDirectories(Folder, $"{Prefix}*")
            .Select(path => Path.GetFileName(path)[Prefix.Length..].Replace(Separator, "/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
        : [];

    private static string? Set(Func<string, string?> variable, string name, string home) => variable(name) is { Length: > 0 } value ? Expanded(value, home) : null;
}
