using System.Collections.Immutable;
using System.Text.Json;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>
/// Several files of one format, joined by an index (<c>model.safetensors.index.json</c>) whose <c>weight_map</c> says which file holds which tensor.
/// Index and files have to agree completely. <c>metadata.total_size</c> is not compared: published indexes count tied tensors differently.
/// </summary>
public sealed class ShardedCheckpoint : ICheckpoint
{
    private const string WeightMap = "weight_map";

    private readonly ImmutableDictionary<string, ICheckpoint> shards;

    private ShardedCheckpoint(string file, ImmutableDictionary<string, ICheckpoint> shards, ImmutableSortedDictionary<string, StoredTensor> tensors)
    {
        File = file;
        this.shards = shards;
        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string File { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens the index and all its files, which lie beside it.</summary>
    /// <param name="indexFile">The path of the index.</param>
    /// <param name="extension">How the names of the files have to end, for example <c>.safetensors</c>.</param>
    /// <param name="open">Opens one of them.</param>
    /// <exception cref="ModelLoadException">The index or a file is not valid, or they contradict one another.</exception>
    public static ShardedCheckpoint Open(string indexFile, string extension, Func<string, ICheckpoint> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        ImmutableSortedDictionary<string, string> shardOf = ReadWeightMap(indexFile, extension);
        string folder = Path.GetDirectoryName(Path.GetFullPath(indexFile))!;
        var shards = new Dictionary<string, ICheckpoint>(StringComparer.Ordinal);
        try
        {
            foreach (string shard in shardOf.Values.Distinct().Order(StringComparer.Ordinal))
            {
                string file = Path.Combine(folder, shard);
                if (!System.IO.File.Exists(file))
                {
                    throw new ModelLoadException(indexFile, $"{WeightMap} names {Quoted.Of(shard)}, which is not in the folder.");
                }

                shards.Add(file, open(file));
            }

            return new ShardedCheckpoint(indexFile, shards.ToImmutableDictionary(StringComparer.Ordinal), Join(indexFile, shardOf, shards.Values));
        }
        catch
        {
            foreach (ICheckpoint shard in shards.Values)
            {
                shard.Dispose();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyBytes(StoredTensor tensor, long start, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        shards[tensor.File].CopyBytes(tensor, start, destination);
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (ICheckpoint shard in shards.Values)
        {
            shard.Dispose();
        }
    }

    private static ImmutableSortedDictionary<string, string> ReadWeightMap(string indexFile, string extension)
    {
        JsonElement index = StrictJson.ReadFile(indexFile);
        if (!index.TryGetProperty(WeightMap, out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new ModelLoadException(indexFile, $"{WeightMap} is missing or not an object: expected it to map each tensor to the file that holds it.");
        }

        var shardOf = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
            {
                throw new ModelLoadException(indexFile, $"{WeightMap} of {Quoted.Of(entry.Name)} has to be the name of a file, found {StrictJson.Excerpt(entry.Value)}.");
            }

            string shard = entry.Value.GetString()!;
            if (!IsFileName(shard, extension))
            {
                throw new ModelLoadException(indexFile, $"{WeightMap} of {Quoted.Of(entry.Name)} is {Quoted.Of(shard)}, expected the bare name of a {extension} file in the same folder.");
            }

            shardOf.Add(entry.Name, shard);
        }

        return shardOf.ToImmutable();
    }

    // On every system alike: an index that is refused on one is refused on all.
    private static bool IsFileName(string shard, string extension) =>
        shard.EndsWith(extension, StringComparison.Ordinal)
        && shard.IndexOfAny(['/', '\\', ':', '\0']) < 0
        && !shard.StartsWith('.');

    private static ImmutableSortedDictionary<string, StoredTensor> Join(string indexFile, ImmutableSortedDictionary<string, string> shardOf, IEnumerable<ICheckpoint> shards)
    {
        StoredTensor[] held = [.. shards.SelectMany(shard => shard.Tensors.Values)];
        var places = held.Select(tensor => (tensor.Name, Path.GetFileName(tensor.File))).ToHashSet();
        foreach ((string name, string shard) in shardOf)
        {
            if (!places.Contains((name, shard)))
            {
                throw new ModelLoadException(indexFile, $"{WeightMap} says that {Quoted.Of(shard)} holds {Quoted.Of(name)}, which it does not.");
            }
        }

        foreach (StoredTensor tensor in held)
        {
            string holder = Path.GetFileName(tensor.File);
            if (!shardOf.TryGetValue(tensor.Name, out string? named) || named != holder)
            {
                throw new ModelLoadException(indexFile, $"{Quoted.Of(holder)} holds {Quoted.Of(tensor.Name)}, which {WeightMap} {(named is null ? "leaves out" : $"places in {Quoted.Of(named)}")}.");
            }
        }

        return held.ToImmutableSortedDictionary(tensor => tensor.Name, tensor => tensor, StringComparer.Ordinal);
    }
}
