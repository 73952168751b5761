using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

public class RandomTokenFamilyTests
{
    private static IEnumerable<Tokenizer> Tokenizers => [OrganismTokenizer.Instance, .. TextTokenizers.All.Select(entry => entry.Tokenizer)];

    [Test]
    public void Only_the_last_token_of_an_induction_prompt_was_there_before()
    {
        foreach (Tokenizer tokenizer in Tokenizers)
        {
            foreach (Prompt prompt in InductionPairs.Evaluation(tokenizer, 40, length: 9).Prompts)
            {
                int bos = tokenizer.BosToken is null ? 0 : 1;
                prompt.Tokens.Should().HaveCount(9 + bos);
                prompt.Tokens.Distinct().Should().HaveCount(8 + bos);
                int first = prompt.Tokens.IndexOf(prompt.Tokens[^1]);
                prompt.Positions["A1"].Should().Be(first);
                prompt.Positions["B1"].Should().Be(first + 1).And.BeLessThan(prompt.Positions["A2"] - 1);
                prompt.Answer.Should().Be(prompt.Tokens[first + 1]);
                prompt.Foil.Should().Be(prompt.Corrupt!.Value[first + 1]);
                prompt.Tokens.Should().NotContain(prompt.Foil!.Value);
                Enumerable.Range(0, 9 + bos).Where(position => prompt.Tokens[position] != prompt.Corrupt.Value[position]).Should().Equal(first + 1);
            }
        }
    }

    [Test]
    public void Only_the_last_token_of_a_duplicate_prompt_was_there_before_and_nothing_in_the_twin()
    {
        foreach (Tokenizer tokenizer in Tokenizers)
        {
            EvaluationSet set = DuplicateTokens.Evaluation(tokenizer, 40, length: 9);
            foreach (Prompt prompt in set.Prompts)
            {
                prompt.Corrupt!.Value.Should().OnlyHaveUniqueItems();
                int first = prompt.Tokens.IndexOf(prompt.Tokens[^1]);
                prompt.Positions["D1"].Should().Be(first).And.BeLessThan(prompt.Positions["D2"] - 1);
                Enumerable.Range(0, prompt.Tokens.Length).Where(position => prompt.Tokens[position] != prompt.Corrupt.Value[position]).Should().Equal(first);
            }

            set.Prompts.Select(prompt => prompt.Positions["D1"]).Distinct().Count().Should().BeGreaterThan(4);
        }
    }

    [Test]
    public void Without_BOS_copies_begin_at_once()
    {
        Tokenizer tokenizer = TextTokenizers.NamedOrIgnore("GPT-2 cut as by Qwen 2");
        tokenizer.BosToken.Should().BeNull();
        Prompt prompt = RepeatedRandomTokens.Evaluation(tokenizer, 1, length: 5).Prompts[0];
        prompt.Tokens.Should().HaveCount(10);
        prompt.Tokens.Skip(5).Should().Equal(prompt.Tokens.Take(5));
        prompt.Positions["COPY2"].Should().Be(5);
        prompt.ScoredPositions.Should().Equal(5, 6, 7, 8);
    }

    [Test]
    public void A_pool_that_is_too_small_is_refused()
    {
        FluentActions.Invoking(() => InductionPairs.Evaluation(OrganismTokenizer.Instance, pool: [5, 6, 6])).Should().Throw<ArgumentException>().WithMessage("*20*pool of 2*");
    }

    [Test]
    public void Memorised_texts_begin_as_they_are_printed_and_their_twins_have_the_same_tokens()
    {
        string[] openings = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "fixtures", "words", "english", "openings.txt"));
        foreach ((_, Tokenizer tokenizer) in TextTokenizers.All)
        {
            foreach (Prompt prompt in MemorisedTexts.Evaluation(tokenizer, 10, length: 24, scored: 6).Prompts)
            {
                openings.Should().Contain(text => text.StartsWith(prompt.Text.TrimEnd('\uFFFD'), StringComparison.Ordinal));
                prompt.Corrupt!.Value.Should().BeEquivalentTo(prompt.Tokens);
                prompt.ScoredPositions.Should().Equal(Enumerable.Range(prompt.Tokens.Length - 7, 6));
                prompt.Positions["FIRST"].Should().Be(prompt.ScoredPositions[0]);
            }
        }
    }
}
