using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CircuitSpecs.Models.Architectures;

namespace CircuitSpecs.Models;

/// <summary>Finds models and keeps one loaded copy of each for everybody. Safe to use from several threads.</summary>
public sealed class ModelStore : IDisposable
{
    private static readonly Lazy<ModelStore> Shared = new(() => new ModelStore(ModelSearchPath.FromEnvironment()));

    private readonly ModelSearchPath searchPath;
    private readonly ConcurrentDictionary<(string Folder, WeightProcessing Processing, WeightScope Scope), Lazy<ModelWeights>> loaded = new();

    /// <summary>Makes a store that has loaded nothing yet.</summary>
    /// <param name="searchPath">Where to look for models.</param>
    public ModelStore(ModelSearchPath searchPath)
    {
        ArgumentNullException.ThrowIfNull(searchPath);
        this.searchPath = searchPath;
    }

    /// <summary>The store of this process, with the search path of its environment.</summary>
    public static ModelStore Default => Shared.Value;

    /// <summary>The folder of a model.</summary>
    /// <param name="name">Its name (<c>gpt2</c>, <c>org/name</c>, <c>org/name@revision</c>), or the path of its folder, absolute or beginning with a dot.</param>
    /// <exception cref="ModelNotFoundException">It is nowhere; the message lists every place that was looked in, and the command that brings it.</exception>
    /// <exception cref="ArgumentException">The name is neither a model's name nor a path.</exception>
    public string Find(string name) => searchPath.Find(name, out ImmutableArray<string> lookedIn) ?? throw new ModelNotFoundException(name, lookedIn);

    /// <summary>The folder of a model, where it is on this machine.</summary>
    /// <param name="name">Its name or path, as for <see cref="Find"/>.</param>
    /// <param name="folder">The folder.</param>
    public bool TryFind(string name, [NotNullWhen(true)] out string? folder)
    {
        folder = searchPath.Find(name, out _);
        return folder is not null;
    }

    /// <summary>Every model on this machine, by name. Reads no weights.</summary>
    public IReadOnlyList<ModelEntry> List() => [.. searchPath.All().Select(model => new ModelEntry(model.Name, model.Folder, ModelTypeOf(model.Folder)))];

    /// <summary>
    /// The weights of a model: loaded at the first call and shared from then on. They belong to the store; do not dispose or change them.
    /// </summary>
    /// <param name="name">Its name or path, as for <see cref="Find"/>.</param>
    /// <param name="processing">What to do to the weights; nothing unless asked for.</param>
    /// <param name="scope">Which parameters are needed; all unless said otherwise.</param>
    /// <exception cref="ModelNotFoundException">It is nowhere.</exception>
    /// <exception cref="ModelLoadException">It is there, but cannot be loaded.</exception>
    public ModelWeights Weights(string name, WeightProcessing processing = WeightProcessing.None, WeightScope scope = WeightScope.All)
    {
        string folder = Find(name);
        return loaded.GetOrAdd((folder, processing, scope), _ => new Lazy<ModelWeights>(() => processing == WeightProcessing.None
            ? ModelLoader.Load(folder, scope, name)
            : WeightProcessor.Apply(Weights(name, WeightProcessing.None, scope), processing))).Value;
    }

    /// <summary>Frees all weights that were loaded.</summary>
    public void Dispose()
    {
        foreach (Lazy<ModelWeights> weights in loaded.Values.Where(weights => weights.IsValueCreated))
        {
            weights.Value.Dispose();
        }

        loaded.Clear();
    }

    private static string? ModelTypeOf(string folder)
    {
        try
        {
            return ModelLoader.ReadConfigFile(folder).Text("model_type");
        }
        catch (ModelLoadException)
        {
            // A list shows what is there, whole or not; loading the model says what is wrong with it.
            return null;
        }
    }
}
