using System.Text.Json;
using System.Text.Json.Nodes;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

/// <summary>
/// Every string of the golden files: <c>NAME.jsonl</c> belongs to the tokenizer files in the folder <c>NAME</c>, beside it or in
/// <c>../shared/tokenizers</c>. A folder with a <c>tokenizer.skeleton.json</c> has the vocabulary and the merges of that in two
/// files of their own; every set is also tried as a GGUF file would have it, with the keys in <c>special.json</c> or else GPT-2's.
/// </summary>
[Category("Golden")]
public class TokenizerGoldenTests
{
    private const string Skeleton = "tokenizer.skeleton.json";

    private static IEnumerable<TestCaseData> Files => GoldenFolder.FileCases("tokenizers", "", "*.jsonl");

    [TestCaseSource(nameof(Files))]
    public void Every_string_has_the_recorded_ids_spelling_offsets_and_text(string file)
    {
        string golden = GoldenFolder.PathOrIgnore(file);
        string folder = FolderOf(golden);
        if (!File.Exists(Path.Combine(folder, Skeleton)))
        {
            Check(golden, (BpeTokenizer)TokenizerFolder.Load(folder));
            return;
        }

        using var temporary = new VocabularyFolder();
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Skeleton)))!;
        json["model"]!["vocab"] = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "vocab.json")));
        json["model"]!["merges"] = new JsonArray([.. Merges(folder).Select(merge => JsonValue.Create(merge))]);
        temporary.Write("tokenizer.json", json.ToJsonString());
        Check(golden, (BpeTokenizer)TokenizerFolder.Load(temporary.Path));
    }

    [TestCaseSource(nameof(Files))]
    public void Lists_as_in_a_GGUF_file_give_the_same(string file)
    {
        string golden = GoldenFolder.PathOrIgnore(file);
        string folder = FolderOf(golden);
        string specialFile = Path.Combine(folder, "special.json");
        JsonElement special = File.Exists(specialFile)
            ? GoldenFolder.Json(specialFile)
            : JsonDocument.Parse("""{"special_tokens": {"<|endoftext|>": 0}, "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2"}""").RootElement;
        Dictionary<string, int> ids = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, "vocab.json")))!;
        string[] tokens = [.. ids.OrderBy(token => token.Value).Select(token => token.Key)];
        tokens.Select(token => ids[token]).Should().Equal(Enumerable.Range(0, tokens.Length), "a list has no gaps");
        var tokenizer = BpeTokenizer.FromGguf(new GgufVocabulary
        {
            File = golden,
            Model = special.GetProperty("tokenizer.ggml.model").GetString()!,
            Pre = special.GetProperty("tokenizer.ggml.pre").GetString(),
            Tokens = tokens,
            Merges = Merges(folder),
            TokenTypes = [.. tokens.Select(token => special.GetProperty("special_tokens").TryGetProperty(token, out _) ? 3 : 1)],
            BosToken = Optional(special, "tokenizer.ggml.bos_token_id"),
            EosToken = Optional(special, "tokenizer.ggml.eos_token_id"),
        });
        tokenizer.BosToken.Should().Be((int?)Optional(special, "tokenizer.ggml.bos_token_id"));
        Check(golden, tokenizer);
    }

    [Test]
    public void The_tokenizer_inside_a_published_GGUF_file_gives_the_same()
    {
        string folder = RepositoryRoot.SharedOrIgnore("models", "smollm2-135m");
        Check(GoldenFolder.PathOrIgnore("tokenizers", "smollm2.jsonl"), (BpeTokenizer)TokenizerFolder.Load(folder));
        Check(GoldenFolder.PathOrIgnore("tokenizers", "smollm2.jsonl"), (BpeTokenizer)TokenizerFolder.Load(Directory.GetFiles(folder, "*.gguf").Single()));
    }

    private static void Check(string golden, BpeTokenizer tokenizer)
    {
        string[] lines = File.ReadAllLines(golden);
        lines.Should().NotBeEmpty();
        foreach (string line in lines)
        {
            using var document = JsonDocument.Parse(line);
            JsonElement expected = document.RootElement;
            string text = expected.GetProperty("text").GetString()!;
            var tokens = tokenizer.Encode(text);
            tokens.Select(token => token.Id).Should().Equal(Integers(expected.GetProperty("ids")), "of '{0}'", text);
            tokens.Select(token => tokenizer.TokenSpelling(token.Id)).Should().Equal(expected.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!), "of '{0}'", text);
            tokens.SelectMany(token => new[] { token.Start, token.End }).Should().Equal(expected.GetProperty("offsets").EnumerateArray().SelectMany(Integers), "of '{0}'", text);
            tokenizer.Decode(tokens.Select(token => token.Id)).Should().Be(expected.GetProperty("decoded").GetString());
            JsonElement plain = expected.TryGetProperty("ids_as_plain_text", out JsonElement given) ? given : expected.GetProperty("ids");
            tokenizer.EncodeAsPlainText(text).Select(token => token.Id).Should().Equal(Integers(plain), "of '{0}' taken literally", text);
        }
    }

    private static long? Optional(JsonElement json, string key) => json.TryGetProperty(key, out JsonElement id) ? id.GetInt64() : null;

    private static string FolderOf(string golden)
    {
        string name = Path.GetFileNameWithoutExtension(golden);
        string beside = Path.Combine(Path.GetDirectoryName(golden)!, name);
        return Directory.Exists(beside) ? beside : RepositoryRoot.SharedOrIgnore("tokenizers", name);
    }

    private static string[] Merges(string folder) => [.. File.ReadLines(Path.Combine(folder, "merges.txt")).Where((line, index) => line.Length > 0 && !(index == 0 && line.StartsWith("#version", StringComparison.Ordinal)))];

    private static IEnumerable<int> Integers(JsonElement array) => array.EnumerateArray().Select(element => element.GetInt32());
}
