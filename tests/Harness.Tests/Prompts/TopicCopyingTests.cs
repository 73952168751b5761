using System.Text.RegularExpressions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

public class TopicCopyingTests
{
    private static Tokenizer Tinychat => TokenizerFolder.Load(RepositoryRoot.SharedOrIgnore("models", "tinychat-5m"));

    [Test]
    public void Prompts_ask_about_one_thing_and_their_twins_about_another()
    {
        Tokenizer tokenizer = Tinychat;
        EvaluationSet set = TopicCopying.Evaluation(tokenizer, count: 80);
        foreach (Prompt prompt in set.Prompts)
        {
            (string thing, string other) = (ThingOf(prompt.Tokens), ThingOf(prompt.Corrupt!.Value));
            prompt.Answer.Should().Be(tokenizer.ToSingleToken(thing));
            prompt.Foil.Should().Be(tokenizer.ToSingleToken(other));
            prompt.Answer.Should().NotBe(prompt.Foil);
            prompt.Tokens[prompt.Positions["OBJECT"]].Should().Be(prompt.Answer);
            prompt.Corrupt!.Value[prompt.Positions["OBJECT"]].Should().Be(prompt.Foil);
            prompt.Positions["END"].Should().Be(prompt.Tokens.Length - 1);
        }

        set.Prompts.Select(prompt => prompt.Template).Distinct().Should().HaveCount(2);

        string ThingOf(IEnumerable<int> tokens)
        {
            Match match = Regex.Match(tokenizer.Decode(tokens), @"^\[inst\] (do you like the (?<X>\w+)\?\[/inst\] yes, the|what do you think about the (?<X>\w+)\?\[/inst\] i think the)$");
            match.Success.Should().BeTrue();
            return match.Groups["X"].Value;
        }
    }

    [Test]
    public void Things_of_several_tokens_are_dropped_and_counted()
    {
        EvaluationSet set = TopicCopying.Evaluation(Tinychat, count: 80);
        set.Dropped.Should().ContainKey("the thing is not one token");
        set.Prompts.Should().NotContain(prompt => prompt.Text.Contains("piano", StringComparison.Ordinal));
    }

    [Test]
    public void Discovery_and_evaluation_share_no_prompt_and_a_seed_fixes_them()
    {
        Tokenizer tokenizer = Tinychat;
        TopicCopying.Evaluation(tokenizer, seed: 3).Hash.Should().Be(TopicCopying.Evaluation(tokenizer, seed: 3).Hash);
        HashSet<string> judged = [.. TopicCopying.Evaluation(tokenizer, count: 80).Prompts.Select(prompt => prompt.Text)];
        TopicCopying.Discovery(tokenizer, count: 80).Prompts.Should().NotContain(prompt => judged.Contains(prompt.Text));
    }
}
