using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text.Json;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Models.Hub;

/// <summary>Which files of a repository a model needs: its configuration, its tokenizer, one set of weights. Never code, and no second copy of the weights in another framework's format.</summary>
internal static class HubFileSelection
{
    private const int NamesInMessage = 12;

    private static readonly ImmutableArray<string> Always =
    [
        "config.json", "generation_config.json",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt", "tokenizer.model",
    ];

    /// <summary>The files that can be named before anything is downloaded. An index among them names further ones: <see cref="ShardsOf"/>.</summary>
    /// <param name="model">The model, for messages.</param>
    /// <param name="files">What the repository holds.</param>
    /// <param name="include">Patterns (<c>*</c>, <c>?</c>) of further files, and of the weights where the repository leaves a choice.</param>
    /// <exception cref="HubException">No weights, too many, or a pattern that fits nothing.</exception>
    public static ImmutableArray<string> Of(string model, ImmutableArray<string> files, IReadOnlyList<string> include)
    {
        var asked = new List<string>();
        foreach (string pattern in include)
        {
            string[] fitting = [.. files.Where(file => FileSystemName.MatchesSimpleExpression(pattern, file, ignoreCase: false))];
            asked.AddRange(fitting.Length > 0 ? fitting : throw new HubException($"No file of '{model}' fits '{HubSettings.Quoted(pattern)}'. It holds {Names(files)}."));
        }

        return [.. Always.Where(files.Contains).Concat(Weights(model, files, asked)).Concat(asked).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether a file lists the shards of the weights.</summary>
    public static bool IsIndex(string name) => name is "model.safetensors.index.json" or "pytorch_model.bin.index.json";

    /// <summary>The shards that an index names.</summary>
    /// <param name="model">The model, for messages.</param>
    /// <param name="index">The downloaded index.</param>
    /// <param name="files">What the repository holds.</param>
    /// <exception cref="HubException">It is no index, or names a file that the repository does not have.</exception>
    public static ImmutableArray<string> ShardsOf(string model, string index, ImmutableArray<string> files)
    {
        JsonElement root;
        try
        {
            root = StrictJson.ReadFile(index);
        }
        catch (ModelLoadException problem)
        {
            throw new HubException($"The index of the shards of '{model}' cannot be read: {problem.Message}", problem);
        }

        if (!root.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object || map.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String))
        {
            throw new HubException($"The index of the shards of '{model}' has no 'weight_map' of tensor names to file names.");
        }

        ImmutableArray<string> shards = [.. map.EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return shards.FirstOrDefault(shard => !files.Contains(shard)) is string absent
            ? throw new HubException($"The index of the shards of '{model}' names '{HubSettings.Quoted(absent)}', which the repository does not have.")
            : shards;
    }

    private static string[] Weights(string model, ImmutableArray<string> files, List<string> asked)
    {
        foreach (string preferred in (string[])["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json", "model_final.pth"])
        {
            if (files.Contains(preferred))
            {
                return [preferred];
            }
        }

        foreach (string ending in (string[])[".pth", ".gguf"])
        {
            string[] fitting = [.. files.Where(file => file.EndsWith(ending, StringComparison.Ordinal) && !file.Contains('/'))];
            if (fitting.Length == 1)
            {
                return fitting;
            }

            if (fitting.Length > 1)
            {
                return asked.Exists(fitting.Contains) ? [] : throw new HubException($"'{model}' holds {fitting.Length} files of weights: {Names(fitting)}. Say which with --include, for example --include {fitting[0]}");
            }
        }

        return asked.Count > 0 ? [] : throw new HubException($"'{model}' holds no weights in a format that is read (safetensors, pytorch_model.bin, .pth, .gguf); it holds {Names(files)}. Use --include to download other files.");
    }

    private static string Names(IReadOnlyCollection<string> names) => names.Count == 0 ? "no file"
        : string.Join(", ", names.Take(NamesInMessage).Select(HubSettings.Quoted)) + (names.Count > NamesInMessage ? $" and {names.Count - NamesInMessage} more" : "");
}
