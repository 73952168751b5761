using System.Text.Json;
using System.Text.Json.Nodes;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

/// <summary>Small tokenizers of every kind against what Hugging Face's library made of the same strings; the file says which version.</summary>
public class RecordedTokenizerTests
{
    private static readonly Lazy<JsonNode> Recorded = new(() => JsonNode.Parse(File.ReadAllText(
        Path.Combine(RepositoryRoot.Path, "tests", "Harness.Tests", "Tokenizers", "Recorded", "huggingface-tokenizers.json")))!);

    private static IEnumerable<string> Names => Recorded.Value["cases"]!.AsArray().Select(entry => entry!["name"]!.GetValue<string>());

    [TestCaseSource(nameof(Names))]
    public void Ids_offsets_and_decoded_text_are_those_of_the_reference(string name)
    {
        JsonNode entry = Recorded.Value["cases"]!.AsArray().Single(entry => entry!["name"]!.GetValue<string>() == name)!;
        using VocabularyFolder folder = FolderOf(entry);
        var tokenizer = BpeTokenizer.Load(folder.Path);
        foreach (JsonNode? expected in entry["strings"]!.AsArray())
        {
            string text = expected!["text"]!.GetValue<string>();
            int[] ids = expected["ids"].Deserialize<int[]>()!;
            var tokens = tokenizer.Encode(text);
            tokens.Select(token => token.Id).Should().Equal(ids, "of '{0}'", text);
            tokens.SelectMany(token => new[] { token.Start, token.End }).Should().Equal(expected["offsets"].Deserialize<int[]>(), "of '{0}'", text);
            tokenizer.Decode(ids).Should().Be(expected["decoded"]!.GetValue<string>());
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Random_texts_have_tokens_in_order_and_the_same_ones_every_time(string name)
    {
        using VocabularyFolder folder = FolderOf(Recorded.Value["cases"]!.AsArray().Single(entry => entry!["name"]!.GetValue<string>() == name)!);
        var tokenizer = BpeTokenizer.Load(folder.Path);
        var fresh = BpeTokenizer.Load(folder.Path);
        var random = new Random(name.Length);
        for (int repeat = 0; repeat < 300; repeat++)
        {
            string text = RandomText.Of(random, random.Next(60));
            int codePoints = text.EnumerateRunes().Count();
            var tokens = tokenizer.Encode(text);
            tokens.Should().Equal(fresh.Encode(text), "what was encoded before does not matter");
            tokens.Should().Match(all => all.All(token => token.Start >= 0 && token.Start <= token.End && token.End <= codePoints && token.Id < tokenizer.VocabularySize), "of '{0}'", text);
        }
    }

    private static VocabularyFolder FolderOf(JsonNode entry)
    {
        JsonNode json = entry["tokenizer"]!.DeepClone();
        JsonNode vocabulary = Recorded.Value["vocabularies"]![entry["vocabulary"]!.GetValue<string>()]!;
        json["model"]!["vocab"] = vocabulary["vocab"]!.DeepClone();
        json["model"]!["merges"] = vocabulary["merges"]!.DeepClone();
        var folder = new VocabularyFolder();
        folder.Write("tokenizer.json", json.ToJsonString());
        return folder;
    }
}
