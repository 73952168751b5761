using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

public class WordLevelTokenizerTests
{
    private static readonly string Fixture = Path.Combine(RepositoryRoot.Path, "fixtures", "models", "organism-a");

    [Test]
    public void Words_and_line_breaks_are_tokens()
    {
        Tokenizer tokenizer = TokenizerFolder.Load(Fixture);
        tokenizer.Should().BeOfType<WordLevelTokenizer>();
        tokenizer.VocabularySize.Should().Be(846);
        tokenizer.ToTokens("The \n .", prependBos: true).Should().Equal(0, 35, 1, 2);
        tokenizer.Encode("The \n .").Select(token => (token.Start, token.End)).Should().Equal((0, 3), (4, 5), (6, 7));
        tokenizer.Decode([0, 35, 1, 2]).Should().Be("<bos> The \n .");
        tokenizer.Encode("").Should().BeEmpty();
    }

    [Test]
    public void Every_word_of_the_vocabulary_survives_the_way_there_and_back()
    {
        Tokenizer tokenizer = TokenizerFolder.Load(Fixture);
        int[] all = [.. Enumerable.Range(0, tokenizer.VocabularySize)];
        tokenizer.ToTokens(tokenizer.Decode(all), prependBos: false).Should().Equal(all);
    }

    [Test]
    public void An_unknown_word_is_named_with_the_nearest_known_ones()
    {
        TokenizerFolder.Load(Fixture).Invoking(it => it.Encode("When Marry and")).Should().Throw<TokenizationException>()
            .WithMessage("*no word 'Marry'*character 5*Nearest:*'Mary'*");
    }

    [TestCase("The  cat")]
    [TestCase(" The")]
    [TestCase("The ")]
    public void Anything_but_single_spaces_is_refused(string text)
    {
        TokenizerFolder.Load(Fixture).Invoking(it => it.Encode(text)).Should().Throw<TokenizationException>().WithMessage("*single spaces*");
    }

    [Test]
    public void A_double_bos_is_refused()
    {
        TokenizerFolder.Load(Fixture).Invoking(it => it.ToTokens("<bos> The", prependBos: true)).Should().Throw<TokenizationException>().WithMessage("*Double BOS*");
    }
}
