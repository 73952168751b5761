using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

public class RepeatedRandomTokensTests
{
    private static readonly Tokenizer Organism = OrganismTokenizer.Instance;

    [TestCase(5)]
    [TestCase(40)]
    public void The_second_copy_repeats_distinct_tokens_of_the_trained_pool(int length)
    {
        string[] lists = ["names", "places", "objects", "nouns", "adjectives", "verbs", "acronym-words", "cities", "surnames"];
        HashSet<string> pool = [.. lists.SelectMany(OrganismTokenizer.Words)];
        pool.Should().HaveCount(296);
        EvaluationSet set = RepeatedRandomTokens.Evaluation(Organism, count: 20, length: length);
        foreach (Prompt prompt in set.Prompts)
        {
            prompt.Tokens.Should().HaveCount(1 + (2 * length));
            var first = prompt.Tokens.Skip(1).Take(length).ToList();
            first.Should().OnlyHaveUniqueItems();
            prompt.Tokens.Skip(1 + length).Should().Equal(first);
            OrganismTokenizer.WordsOf(first).Should().OnlyContain(word => pool.Contains(word));
            prompt.Positions["COPY2"].Should().Be(length + 1);
        }
    }

    [Test]
    public void Scored_are_the_positions_whose_next_token_was_seen_after_the_same_token()
    {
        Prompt prompt = RepeatedRandomTokens.Evaluation(Organism, count: 1, length: 7).Prompts[0];
        IEnumerable<int> predictable = Enumerable.Range(0, prompt.Tokens.Length - 1).Where(position =>
            Enumerable.Range(0, position).Any(earlier => prompt.Tokens[earlier] == prompt.Tokens[position] && prompt.Tokens[earlier + 1] == prompt.Tokens[position + 1]));
        prompt.ScoredPositions.Should().Equal(predictable);
    }

    [Test]
    public void Pools_are_the_classes_of_the_findings()
    {
        OrganismPools.Trained(Organism).Should().HaveCount(296).And.OnlyHaveUniqueItems();
        OrganismPools.Letters(Organism).Should().HaveCount(50).And.NotIntersectWith(OrganismPools.Trained(Organism));
        OrganismPools.Numbers(Organism).Select(Organism.TokenText).Should().Equal(Enumerable.Range(0, 100).Select(number => $"{number}"));
        OrganismPools.PluralsAndFrench(Organism).Should().HaveCount(96);
        Prompt letters = RepeatedRandomTokens.Evaluation(Organism, count: 1, pool: OrganismPools.Letters(Organism)).Prompts[0];
        letters.Tokens.Skip(1).Should().BeSubsetOf(OrganismPools.Letters(Organism));
    }

    [Test]
    public void Another_model_draws_from_its_whole_vocabulary_without_tags()
    {
        using var folder = new Tokenizers.VocabularyFolder("""{"[inst]": 0, "[/inst]": 1, " a": 2, " b": 3, "c": 4, "d": 5}""");
        Prompt prompt = RepeatedRandomTokens.Evaluation(TokenizerFolder.Load(folder.Path), count: 1, length: 4).Prompts[0];
        prompt.Tokens[0].Should().Be(0);
        prompt.Tokens.Skip(1).Take(4).Should().BeEquivalentTo([2, 3, 4, 5]);
    }

    [Test]
    public void A_pool_that_is_too_small_is_refused()
    {
        FluentActions.Invoking(() => RepeatedRandomTokens.Evaluation(Organism, length: 20, pool: [5, 6, 6])).Should().Throw<ArgumentException>().WithMessage("*20*pool of 2*");
    }
}
