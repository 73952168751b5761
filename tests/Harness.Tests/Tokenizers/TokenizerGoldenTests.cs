using System.Text.Json;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

/// <summary>Every string of the golden files: <c>NAME.jsonl</c> belongs to the tokenizer files in the folder <c>NAME</c>, beside it or in <c>../shared/tokenizers</c>.</summary>
[Category("Golden")]
public class TokenizerGoldenTests
{
    private static IEnumerable<TestCaseData> Files => GoldenFolder.FileCases("tokenizers", "", "gpt2*.jsonl");

    [TestCaseSource(nameof(Files))]
    public void Every_string_has_the_recorded_ids_spelling_offsets_and_text(string file)
    {
        string golden = GoldenFolder.PathOrIgnore(file);
        string name = Path.GetFileNameWithoutExtension(file);
        string beside = Path.Combine(Path.GetDirectoryName(golden)!, name);
        var tokenizer = ByteLevelBpeTokenizer.Load(Directory.Exists(beside) ? beside : RepositoryRoot.SharedOrIgnore("tokenizers", name));

        string[] lines = File.ReadAllLines(golden);
        lines.Should().NotBeEmpty();
        foreach (string line in lines)
        {
            using var document = JsonDocument.Parse(line);
            JsonElement expected = document.RootElement;
            string text = expected.GetProperty("text").GetString()!;
            var tokens = tokenizer.Encode(text);
            tokens.Select(token => token.Id).Should().Equal(Integers(expected.GetProperty("ids")), "of '{0}'", text);
            tokens.Select(token => tokenizer.ByteLevelSpelling(token.Id)).Should().Equal(expected.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!), "of '{0}'", text);
            tokens.SelectMany(token => new[] { token.Start, token.End }).Should().Equal(expected.GetProperty("offsets").EnumerateArray().SelectMany(Integers), "of '{0}'", text);
            tokenizer.Decode(tokens.Select(token => token.Id)).Should().Be(expected.GetProperty("decoded").GetString());
            JsonElement plain = expected.TryGetProperty("ids_as_plain_text", out JsonElement given) ? given : expected.GetProperty("ids");
            tokenizer.EncodeAsPlainText(text).Select(token => token.Id).Should().Equal(Integers(plain), "of '{0}' taken literally", text);
        }
    }

    private static IEnumerable<int> Integers(JsonElement array) => array.EnumerateArray().Select(element => element.GetInt32());
}
