using System.Text.Json;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

public class DialogueTokenizerTests
{
    private const string Small = """{"[inst]": 0, "[/inst]": 1, " ": 2, " do": 3, " dog": 4, "s": 5, "g": 6, "?": 7, " yes": 8}""";

    [Test]
    public void The_longest_piece_wins_over_lower_case_text_with_a_space_in_front()
    {
        using var folder = new VocabularyFolder(Small);
        Tokenizer tokenizer = TokenizerFolder.Load(folder.Path);
        tokenizer.Should().BeOfType<DialogueTokenizer>();
        tokenizer.ToTokens("DOGs do?", prependBos: false).Should().Equal(4, 5, 3, 7);
        tokenizer.Encode("DOGs do?").Select(token => (token.Start, token.End)).Should().Equal((0, 3), (3, 4), (4, 7), (7, 8));
        tokenizer.ToSingleToken("dog").Should().Be(tokenizer.ToSingleToken(" dog"));
    }

    [Test]
    public void Characters_that_match_nothing_are_dropped()
    {
        using var folder = new VocabularyFolder(Small);
        Tokenizer tokenizer = TokenizerFolder.Load(folder.Path);
        tokenizer.ToTokens("\U0001F600do#g?", prependBos: false).Should().Equal(2, 6, 7); // "do" has no space of its own
        tokenizer.Encode("\U0001F600g").Should().Equal(new EncodedToken(2, 0, 0), new EncodedToken(6, 1, 2));
    }

    [Test]
    public void Tags_can_be_written_or_asked_for()
    {
        using var folder = new VocabularyFolder(Small);
        var tokenizer = DialogueTokenizer.Load(folder.Path);
        int[] whole = [0, 3, 7, 1, 8];
        tokenizer.ToPrompt("do?", "yes").Should().Equal(whole);
        tokenizer.ToTokens("[inst]do?[/inst]yes", prependBos: false).Should().Equal(whole);
        tokenizer.ToTokens("do?[/inst]yes", prependBos: true).Should().Equal(whole);
        tokenizer.ToTokens(tokenizer.Decode(whole), prependBos: false).Should().Equal(whole);
        tokenizer.Invoking(it => it.ToTokens("[inst]do?", prependBos: true)).Should().Throw<TokenizationException>().WithMessage("*Double BOS*");
    }

    [Test]
    public void Tinychat_prompts_are_those_of_the_recorded_analyses()
    {
        var tokenizer = DialogueTokenizer.Load(RepositoryRoot.SharedOrIgnore("models", "tinychat-5m"));
        string golden = GoldenFolder.PathOrIgnore("analysis", "02_dla.json");
        using var document = JsonDocument.Parse(File.ReadAllText(golden));
        foreach (JsonElement row in document.RootElement.GetProperty("clean_tokens").EnumerateArray())
        {
            int[] ids = [.. row.EnumerateArray().Select(id => id.GetInt32())];
            string[] parts = tokenizer.Decode(ids[1..]).Split("[/inst]");
            tokenizer.ToPrompt(parts[0].Trim(), parts[1].Trim()).Should().Equal(ids);
        }

        tokenizer.ToPrompt("how are you today?").Should().Equal(0, 33, 54, 18, 49, 25, 1);
    }
}
