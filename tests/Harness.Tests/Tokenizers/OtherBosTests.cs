using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Tokenizers;

public sealed class OtherBosTests
{
    private static readonly Tokenizer Own = TextTokenizers.Words;

    [Test]
    public void Prompts_begin_with_the_chosen_token_and_go_on_as_before()
    {
        Tokenizer other = Own.WithBos(5);

        other.ToTokens("the cat", prependBos: true).Should().Equal([5, .. Own.ToTokens("the cat", prependBos: false)]);
        other.SpecialTokens.Should().Contain(5);
        EvaluationSet prompts = IndirectObjectIdentification.Evaluation(other, count: 4);
        prompts.Prompts.Should().OnlyContain(prompt => prompt.Tokens[0] == 5);
        prompts.Prompts.Select(prompt => other.TokenText(prompt.Tokens[prompt.Positions["IO"]])).Should().Equal(prompts.Prompts.Select(prompt => other.TokenText(prompt.Answer!.Value)));
    }

    [Test]
    public void Prompts_can_begin_with_their_text()
    {
        Tokenizer none = Own.WithBos(null);

        none.BosToken.Should().BeNull();
        IndirectObjectIdentification.Evaluation(none, count: 4).Prompts.Should().OnlyContain(prompt => none.Decode(prompt.Tokens) == prompt.Text);
    }

    [Test]
    public void The_own_token_gives_the_tokenizer_itself_back()
    {
        Own.WithBos(5).WithBos(Own.BosToken).Should().BeSameAs(Own);
    }

    [Test]
    public void Tokens_that_are_not_there_and_vocabularies_with_a_fixed_form_are_refused()
    {
        FluentActions.Invoking(() => Own.WithBos(Own.VocabularySize)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*ids 0 to*");
        FluentActions.Invoking(() => OrganismTokenizer.Instance.WithBos(3)).Should().Throw<NotSupportedException>().WithMessage("*WordLevelTokenizer*");
    }
}
