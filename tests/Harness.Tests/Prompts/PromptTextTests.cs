using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

public class PromptTextTests
{
    private static readonly BpeTokenizer Words = TextTokenizers.Words;

    [Test]
    public void Slots_become_positions()
    {
        PromptText text = PromptText.Of("{IO} and {S1} met. {S2} {VERB=have} a {THING*} for", ("IO", "Mary"), ("S1", "John"), ("S2", "John"), ("THING", "book and key"));
        Prompt prompt = text.ToPrompt(Words, " Mary", " John", template: "met");
        prompt.Text.Should().Be("Mary and John met. John have a book and key for");
        prompt.Tokens[0].Should().Be(Words.BosToken);
        Words.TokenText(prompt.Tokens[prompt.Positions["IO"]]).Should().Be("Mary");
        Words.TokenText(prompt.Tokens[prompt.Positions["S1"]]).Should().Be(" John");
        Words.TokenText(prompt.Tokens[prompt.Positions["VERB"]]).Should().Be(" have");
        Words.TokenText(prompt.Tokens[prompt.Positions["THING_FIRST"]]).Should().Be(" book");
        Words.TokenText(prompt.Tokens[prompt.Positions["THING_LAST"]]).Should().Be(" key");
        prompt.Positions.Keys.Should().BeEquivalentTo("IO", "S1", "S2", "VERB", "THING_FIRST", "THING_LAST", "END");
        prompt.Positions["S1"].Should().NotBe(prompt.Positions["S2"]);
        prompt.Template.Should().Be("met");
        prompt.Corrupt.Should().BeNull();
        Words.TokenText(prompt.Answer!.Value).Should().Be(" Mary");
    }

    [Test]
    public void Braces_that_are_no_slots_are_text()
    {
        PromptText.Of("x = {}\nd = {key: {WORD}}", ("WORD", "cat")).Text.Should().Be("x = {}\nd = {key: cat}");
    }

    [Test]
    public void A_space_that_is_a_token_of_its_own_goes_into_the_prompt()
    {
        Tokenizer digits = TextTokenizers.NamedOrIgnore("SmolLM2");
        Prompt prompt = PromptText.Of("3, 4, 5,").ToPrompt(digits, " 6", " 5");
        prompt.Text.Should().Be("3, 4, 5, ");
        digits.TokenText(prompt.Answer!.Value).Should().Be("6");
        Tokenizer gpt2 = TextTokenizers.NamedOrIgnore("GPT-2");
        prompt = PromptText.Of("3, 4, 5,").ToPrompt(gpt2, " 6", " 5");
        prompt.Text.Should().Be("3, 4, 5,");
        gpt2.TokenText(prompt.Answer!.Value).Should().Be(" 6");
    }

    [Test]
    public void Twins_have_the_same_positions()
    {
        PromptText clean = PromptText.Of("The capital of {SUBJECT*} is", ("SUBJECT", "France"));
        Prompt prompt = clean.ToPrompt(Words, " Paris", " Rome", PromptText.Of("The capital of {SUBJECT*} is", ("SUBJECT", "Italy")));
        prompt.Corrupt!.Value.Should().HaveCount(prompt.Tokens.Length);
        Words.TokenText(prompt.Corrupt.Value[prompt.Positions["SUBJECT_LAST"]]).Should().Be(" Italy");
        FluentActions.Invoking(() => clean.ToPrompt(Words, " Paris", " Rome", PromptText.Of("The capital of {SUBJECT*} is", ("SUBJECT", "Costa Rica"))))
            .Should().Throw<ArgumentException>().WithMessage("*capital of France*Costa Rica*clean and corrupt differ in length*as many tokens in the corrupted text as in the clean one*");
        FluentActions.Invoking(() => PromptText.Of("a cat {X} {Y}", ("X", "dog"), ("Y", "cow")).ToPrompt(Words, " key", " box", PromptText.Of("a cat {Y} {X}", ("X", "dog"), ("Y", "cow"))))
            .Should().Throw<ArgumentException>().WithMessage("*stand at different positions*");
    }

    [Test]
    public void What_is_not_one_token_is_refused_with_what_to_change()
    {
        PromptText text = PromptText.Of("The capital of {SUBJECT} is", ("SUBJECT", "France"));
        Refused(() => text.ToPrompt(Words, " Xyzzy", " Paris"), "*the answer is several tokens*Take words that are one token in this vocabulary*");
        Refused(() => text.ToPrompt(Words, " Paris", " Xyzzy"), "*the foil is several tokens*");
        Refused(() => text.ToPrompt(Words, " Paris", " Paris"), "*answer equals foil*Take another foil*");
        Refused(() => text.ToPrompt(Words, " Paris", " Rome", text), "*clean equals corrupt*Change a word*");
        Refused(() => PromptText.Of("{SUBJECT}", ("SUBJECT", "Xyzzy")).ToPrompt(Words, " Paris", " Rome"), "*SUBJECT is several tokens*");
        Refused(() => PromptText.Of("{SUBJECT}land", ("SUBJECT", "is")).ToPrompt(Words, " Paris", " Rome"), "*SUBJECT is not a token of its own*");
        Refused(() => PromptText.Of("We are in {SUBJECT}is", ("SUBJECT", "Par")).ToPrompt(Words, " Paris", " Rome"), "*SUBJECT is not a token of its own*");
        Refused(() => PromptText.Of("a sis").ToPrompt(Words, "ter", " Rome"), "*the answer is not cut off from the text before it*");
    }

    [Test]
    public void Slots_and_words_have_to_fit()
    {
        Refused(() => PromptText.Of("{A} and {B}", ("A", "x")), "*no words are given for the slot B*");
        Refused(() => PromptText.Of("{A}", ("A", "x"), ("B", "y")), "*no slot B*it has A*");
        Refused(() => PromptText.Of("{A} {A}", ("A", "x")), "*two slots of the name A*");
        Refused(() => PromptText.Of("{A}", ("A", "x"), ("A", "y")), "*A are given twice*");
    }

    private static void Refused(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);
}
