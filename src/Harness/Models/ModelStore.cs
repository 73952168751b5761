using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CircuitSpecs.Models.Architectures;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Models;

/// <summary>
/// Finds models and keeps one loaded copy of each for everybody. Names that no place of the search path knows may be those of <see cref="CompiledModels"/>, which
/// are made and not loaded. Safe to use from several threads.
/// </summary>
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
    /// <exception cref="ArgumentException">The name is neither a model's name nor a path, or it is a compiled model's, which has no folder.</exception>
    public string Find(string name) => searchPath.Find(name, out ImmutableArray<string> lookedIn) ?? throw (CompiledModels.TryGet(name, out _)
        ? new ArgumentException($"'{name}' is a compiled model: it is made in memory and has no folder. Ask the store for its {nameof(Weights)} and its {nameof(TokenizerOf)}.", nameof(name))
        : new ModelNotFoundException(name, lookedIn));

    /// <summary>The folder of a model, where it is on this machine.</summary>
    /// <param name="name">Its name or path, as for <see cref="Find"/>.</param>
    /// <param name="folder">The folder.</param>
    public bool TryFind(string name, [NotNullWhen(true)] out string? folder)
    {
        folder = searchPath.Find(name, out _);
        return folder is not null;
    }

    /// <summary>Every model on this machine, by name; <see cref="CompiledModels.All"/> are there besides. Reads no weights.</summary>
    public IReadOnlyList<ModelEntry> List() => [.. searchPath.All().Select(model => new ModelEntry(model.Name, model.Folder, ModelTypeOf(model.Folder)))];

    /// <summary>
    /// The weights of a model: loaded at the first call and shared from then on. They belong to the store; do not dispose or change them.
    /// </summary>
    /// <param name="name">Its name or path, as for <see cref="Find"/>, or a compiled model's, of which all parameters are made whatever the scope.</param>
    /// <param name="processing">What to do to the weights; nothing unless asked for.</param>
    /// <param name="scope">Which parameters are needed; all unless said otherwise.</param>
    /// <exception cref="ModelNotFoundException">It is nowhere.</exception>
    /// <exception cref="ModelLoadException">It is there, but cannot be loaded.</exception>
    public ModelWeights Weights(string name, WeightProcessing processing = WeightProcessing.None, WeightScope scope = WeightScope.All)
    {
        string? folder = CompiledOnly(name, out CompiledModel? compiled) ? null : Find(name);
        return loaded.GetOrAdd((folder ?? name, processing, scope), _ => new Lazy<ModelWeights>(() => processing != WeightProcessing.None
            ? WeightProcessor.Apply(Weights(name, WeightProcessing.None, scope), processing)
            : folder is null ? compiled!.CreateWeights() : ModelLoader.Load(folder, scope, name))).Value;
    }

    /// <summary>A model's tokenizer, read anew at each call.</summary>
    /// <param name="name">Its name or path, as for <see cref="Find"/>, or a compiled model's.</param>
    /// <exception cref="ModelNotFoundException">It is nowhere.</exception>
    /// <exception cref="FileNotFoundException">Its folder holds no tokenizer.</exception>
    /// <exception cref="InvalidDataException">The tokenizer's files are malformed.</exception>
    public Tokenizer TokenizerOf(string name) => CompiledOnly(name, out CompiledModel? compiled) ? compiled.Tokenizer : TokenizerFolder.Load(Find(name));

    /// <summary>Frees all weights that were loaded.</summary>
    public void Dispose()
    {
        foreach (Lazy<ModelWeights> weights in loaded.Values.Where(weights => weights.IsValueCreated))
        {
            weights.Value.Dispose();
        }

        loaded.Clear();
    }

    // A folder of that name goes first, as everywhere in the search path.
    private bool CompiledOnly(string name, [NotNullWhen(true)] out CompiledModel? compiled) =>
        CompiledModels.TryGet(name, out compiled) && searchPath.Find(name, out _) is null;

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
