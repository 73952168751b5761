using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Models.Hub;

namespace CircuitSpecs.Models;

/// <summary>
/// The places where a model may be, in order: <c>CIRCUITSPECS_MODELS</c> (a path list), <c>fixtures/models</c> of the repository,
/// <c>../shared/models</c> beside it, the Hugging Face cache. In a folder of models, a model is a sub-folder of its name; <c>org/name</c> is
/// a sub-folder <c>org</c> with a sub-folder <c>name</c>.
/// </summary>
public sealed partial class ModelSearchPath
{
    private readonly HubCache? hub;

    /// <summary>Makes a search path.</summary>
    /// <param name="folders">Folders of models, the first one wins; they need not exist.</param>
    /// <param name="hub">The Hugging Face cache, looked in last.</param>
    public ModelSearchPath(IEnumerable<string> folders, HubCache? hub = null)
    {
        Folders = [.. folders];
        this.hub = hub;
    }

    /// <summary>Folders of models, the first one wins.</summary>
    public ImmutableArray<string> Folders { get; }

    /// <summary>The search path of this process.</summary>
    public static ModelSearchPath FromEnvironment() => FromEnvironment(
        Environment.GetEnvironmentVariable,
        AppContext.BaseDirectory,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>The search path that an environment gives.</summary>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    /// <param name="start">The repository is the nearest folder at or above this one with <c>CircuitSpecs.sln</c> or <c>fixtures/models</c>.</param>
    /// <param name="home">The user's home folder.</param>
    public static ModelSearchPath FromEnvironment(Func<string, string?> variable, string start, string home)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var folders = new List<string>();
        foreach (string named in (variable("CIRCUITSPECS_MODELS") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            folders.Add(Path.GetFullPath(named));
        }

        if (RepositoryAbove(start) is string repository)
        {
            folders.Add(Path.Combine(repository, "fixtures", "models"));
            folders.Add(Path.GetFullPath(Path.Combine(repository, "..", "shared", "models")));
        }

        return new ModelSearchPath(folders, HubCache.At(variable, home));
    }

    /// <summary>Looks for a model.</summary>
    /// <param name="name">
    /// Its name: <c>gpt2</c>, <c>org/name</c>, <c>org/name@revision</c>, which only the Hugging Face cache can have; or the path of its folder or of a GGUF file,
    /// absolute or beginning with a dot.
    /// </param>
    /// <param name="lookedIn">The places that were looked in up to the model, with what was the matter there.</param>
    /// <returns>The model's folder, or null.</returns>
    /// <exception cref="ArgumentException">The name is neither a model's name nor a path.</exception>
    public string? Find(string name, out ImmutableArray<string> lookedIn)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var places = ImmutableArray.CreateBuilder<string>();
        string? found = IsPath(name) ? LookAt(Path.GetFullPath(name), places) : FindByName(name, places);
        lookedIn = places.ToImmutable();
        return found;
    }

    /// <summary>Every model that can be found, by name and folder; of a name that is there twice, the one that <see cref="Find"/> gives.</summary>
    public IReadOnlyList<(string Name, string Folder)> All()
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string top in Folders.Where(Directory.Exists))
        {
            foreach (string folder in SubFolders(top))
            {
                foreach (string model in HoldsModel(folder) ? [folder] : SubFolders(folder).Where(HoldsModel))
                {
                    all.TryAdd(Path.GetRelativePath(top, model).Replace('\\', '/'), model);
                }
            }
        }

        foreach (string name in hub?.Models() ?? [])
        {
            if (hub!.TryFind(name, out string? snapshot, out _) && HoldsModel(snapshot))
            {
                all.TryAdd(name, snapshot);
            }
        }

        return [.. all.Select(pair => (pair.Key, pair.Value))];
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)?$")]
    private static partial Regex ModelName();

    internal static bool IsPath(string name) => Path.IsPathRooted(name) || name.StartsWith('.');

    private static bool HoldsModel(string folder) => File.Exists(Path.Combine(folder, "config.json")) || CheckpointFormat.FindIn(folder) is not null;

    private static IEnumerable<string> SubFolders(string folder) => Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal);

    private static string? RepositoryAbove(string start)
    {
        var folder = new DirectoryInfo(start);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CircuitSpecs.sln")) && !Directory.Exists(Path.Combine(folder.FullName, "fixtures", "models")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }

    private static string? LookAt(string folder, ImmutableArray<string>.Builder places)
    {
        if (CheckpointFormat.IsModelFile(folder))
        {
            places.Add(folder);
            return folder;
        }

        if (!Directory.Exists(folder))
        {
            places.Add($"{folder} (not there)");
            return null;
        }

        if (!HoldsModel(folder))
        {
            places.Add($"{folder} (neither config.json nor weights)");
            return null;
        }

        places.Add(folder);
        return folder;
    }

    private string? FindByName(string name, ImmutableArray<string>.Builder places)
    {
        string[] parts = name.Split('@', 2);
        if (!ModelName().IsMatch(parts[0]) || (parts.Length == 2 && !HubNames.IsRevision(parts[1])))
        {
            throw new ArgumentException($"{Quoted.Of(name)} is not a model's name. Write for example gpt2, org/name, org/name@revision, or a path that is absolute or begins with a dot.", nameof(name));
        }

        // A folder of models has one revision of each, and does not say which.
        foreach (string top in parts.Length == 1 ? Folders : [])
        {
            if (LookAt(Path.Combine(top, name.Replace('/', Path.DirectorySeparatorChar)), places) is string found)
            {
                return found;
            }
        }

        if (hub is null)
        {
            return null;
        }

        if (hub.TryFind(name, out string? snapshot, out string? problem))
        {
            return LookAt(snapshot, places);
        }

        places.Add($"{hub.RepositoryOf(parts[0])} ({problem})");
        return null;
    }
}
