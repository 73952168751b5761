using System.Text.Json.Nodes;
using CircuitSpecs.Tests.Tokenizers;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>
/// Tokenizers that cut text in the ways that models do. One is made here, of the word lists themselves; the others are GPT-2's vocabulary,
/// as it is and cut by the patterns of Llama 3 and Qwen 2, and SmolLM2's, where the material beside the repository has them.
/// </summary>
internal static class TextTokenizers
{
    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string EndOfText = "<|endoftext|>";

    private static readonly Lazy<BpeTokenizer> MadeOfWords = new(() => OfWords(_ => true));

    private static readonly Lazy<IReadOnlyList<(string Name, Tokenizer Tokenizer)>> Found = new(() => [("word lists", MadeOfWords.Value), .. Beside()]);

    /// <summary>Every word of the English lists is one token, with and without a space, numbers up to 99 too; anything else is cut into bytes.</summary>
    public static BpeTokenizer Words => MadeOfWords.Value;

    /// <summary>All that are here; at least the first.</summary>
    public static IReadOnlyList<(string Name, Tokenizer Tokenizer)> All => Found.Value;

    /// <summary>One by name; the running test is ignored where it is absent.</summary>
    public static Tokenizer NamedOrIgnore(string name)
    {
        Tokenizer? found = All.FirstOrDefault(entry => entry.Name == name).Tokenizer;
        if (found is null)
        {
            Assert.Ignore($"The tokenizer '{name}' is absent: this test needs the material that lies beside the repository.");
        }

        return found!;
    }

    /// <summary>As <see cref="Words"/>, of some words only.</summary>
    public static BpeTokenizer OfWords(Func<string, bool> isKept)
    {
        var vocabulary = new JsonObject { [EndOfText] = 0 };
        foreach (char spelling in ByteSpellings())
        {
            vocabulary.Add($"{spelling}", vocabulary.Count);
        }

        string[] lists = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "fixtures", "words", "english")).Order(StringComparer.Ordinal).ToArray();
        IEnumerable<string> words = lists.Where(list => Path.GetFileNameWithoutExtension(list) is not ("prose" or "openings" or "chores"))
            .SelectMany(File.ReadLines)
            .SelectMany(line => line.Split('\t'))
            .Concat(["she", "he", "is", "are", "was", "were", "has", "have", "capital", "language", "speak", "country", "map", "city", "travel", "animals", "list", "dict", "set", "append", "update", "add"])
            .Concat(["items", "out", "result", "data", "values", "cache", "seen", "found", "x", "names", "words", "config", "French", "Spanish", "German", "[]", "{}"])
            .Concat(Enumerable.Range(0, 100).SelectMany(number => new[] { $"{number}", $"{number:00}" }))
            .Where(isKept);
        foreach (string word in words.Where(word => word.All(char.IsAscii) && !word.Contains(' ', StringComparison.Ordinal)))
        {
            foreach (string spelling in new[] { word, $"Ġ{word}", char.ToUpperInvariant(word[0]) + word[1..], $"Ġ{char.ToUpperInvariant(word[0])}{word[1..]}", word.ToLowerInvariant() })
            {
                if (!vocabulary.ContainsKey(spelling))
                {
                    vocabulary.Add(spelling, vocabulary.Count);
                }
            }
        }

        return Read(Gpt2, vocabulary, [], isWhole: true, hasBos: true);
    }

    private static IEnumerable<(string Name, Tokenizer Tokenizer)> Beside()
    {
        string gpt2 = Path.Combine(RepositoryRoot.Path, "..", "shared", "tokenizers", "gpt2");
        if (Directory.Exists(gpt2))
        {
            JsonObject Vocabulary() => JsonNode.Parse(File.ReadAllText(Path.Combine(gpt2, "vocab.json")))!.AsObject();
            string[] merges = [.. File.ReadLines(Path.Combine(gpt2, "merges.txt")).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))];
            yield return ("GPT-2", TokenizerFolder.Load(gpt2));
            yield return ("GPT-2 cut as by Llama 3", Read(Llama3, Vocabulary(), merges, isWhole: true, hasBos: true));
            yield return ("GPT-2 cut as by Qwen 2", Read(Llama3.Replace("{1,3}", "", StringComparison.Ordinal), Vocabulary(), merges, isWhole: false, hasBos: false));
        }

        string smollm2 = Path.Combine(RepositoryRoot.Path, "..", "shared", "models", "smollm2-135m");
        if (Directory.Exists(smollm2))
        {
            yield return ("SmolLM2", TokenizerFolder.Load(smollm2));
        }
    }

    private static BpeTokenizer Read(string pattern, JsonObject vocabulary, string[] merges, bool isWhole, bool hasBos)
    {
        int end = vocabulary[EndOfText]!.GetValue<int>();
        var json = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = hasBos ? new JsonArray(new JsonObject { ["id"] = end, ["content"] = EndOfText, ["special"] = true, ["normalized"] = false }) : new JsonArray(),
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false }),
            },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject { ["type"] = "BPE", ["ignore_merges"] = isWhole, ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. merges.Select(merge => JsonValue.Create(merge))]) },
        };
        using var folder = new CircuitSpecs.Tests.Tokenizers.TemporaryFolder();
        folder.Write("tokenizer.json", json.ToJsonString());
        return BpeTokenizer.Load(folder.Path);
    }

    // GPT-2's spelling of bytes: printable ones as they are, the others as the characters from U+0100 on.
    private static IEnumerable<char> ByteSpellings()
    {
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool isPrintable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            yield return (char)(isPrintable ? value : next++);
        }
    }
}
