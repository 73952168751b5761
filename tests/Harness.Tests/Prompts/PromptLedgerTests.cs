using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>What is dropped is counted by reason; what a seed gives is the same on every machine.</summary>
public class PromptLedgerTests
{
    // Recorded before the families had English prompts: specs and snapshots rest on these sets.
    private static readonly (PromptSet Set, string Hash)[] Organisms =
    [
        (IndirectObjectIdentification.Evaluation(Organism), "652d2ff830568f8f"),
        (IndirectObjectIdentification.Discovery(Organism), "6e766690c7b90b55"),
        (IndirectObjectIdentification.Evaluation(Organism, count: 400), "4779295febb76ae6"),
        (Acronyms.Evaluation(Organism), "2ce479d5d241bc3d"),
        (Acronyms.Discovery(Organism), "709528f35663217c"),
        (EmailAddresses.Evaluation(Organism), "7583f2d139be7b0a"),
        (EmailAddresses.Discovery(Organism), "50f837f075a40bd1"),
        (Facts.Evaluation(Organism), "d95094db12c29f8a"),
        (Facts.Discovery(Organism), "c8197ad28b37b65b"),
        (GreaterThan.Evaluation(Organism), "173be55b3a3b76a8"),
        (GreaterThan.Discovery(Organism), "5bc99184219a85a5"),
        (Pronouns.Evaluation(Organism), "0f912354118fee42"),
        (Pronouns.Discovery(Organism), "11171439ef3ae908"),
        (Successors.Evaluation(Organism), "0e62a2cadf8507a4"),
        (Successors.Discovery(Organism), "b8594dc493360849"),
        (Prose.Evaluation(Organism), "0aee3f48da5313bb"),
        (Prose.Discovery(Organism), "41a7e316a83eebf2"),
        (RepeatedRandomTokens.Evaluation(Organism), "631bd2c8693cfb8c"),
        (RepeatedRandomTokens.Discovery(Organism), "ed90be50baf76c33"),
        (OrganismTasks.Evaluation(Organism), "853c2241daa788c6"),
    ];

    private static Tokenizer Organism => OrganismTokenizer.Instance;

    [Test]
    public void The_organisms_prompts_are_those_that_results_were_recorded_with()
    {
        foreach ((PromptSet set, string hash) in Organisms)
        {
            set.Hash.Should().Be(hash, "of {0}, seed {1}, {2} prompts", set.Family, set.Seed, set.Count);
        }
    }

    [Test]
    public void English_prompts_are_the_same_in_every_process()
    {
        // The vocabulary is made of the word lists, so that a change of a list shows here too.
        Tokenizer words = TextTokenizers.Words;
        new PromptSet[] { IndirectObjectIdentification.Evaluation(words), FewShot.Evaluation(words) }.Select(set => set.Hash)
            .Should().Equal("5d13bf9a2f467cc6", "62a6a4893ff6ae50");
    }

    [Test]
    public void Words_of_several_tokens_are_dropped_and_counted()
    {
        Tokenizer without = TextTokenizers.OfWords(word => word is not ("Mary" or "John" or "Anna" or "school" or "book"));
        EvaluationSet set = IndirectObjectIdentification.Evaluation(without, count: 300);
        set.Dropped.Keys.Should().Contain(["IO is several tokens", "S1 is several tokens", "PLACE is several tokens", "OBJECT is several tokens"]);
        set.Prompts.Should().NotContain(prompt => System.Text.RegularExpressions.Regex.IsMatch(prompt.Text, @"\b(Mary|John|Anna|school|book)\b"));
        IndirectObjectIdentification.Evaluation(TextTokenizers.Words, count: 100).Dropped.Should().BeEmpty("there every word is one token");
    }

    [Test]
    public void A_vocabulary_without_the_words_says_so()
    {
        Tokenizer without = TextTokenizers.OfWords(word => !word.EndsWith("ing", StringComparison.Ordinal) && !char.IsUpper(word[0]));
        FluentActions.Invoking(() => IndirectObjectIdentification.Evaluation(without)).Should().Throw<InvalidOperationException>()
            .WithMessage("*IndirectObjectIdentification*only 0 of the 64 prompts*dropped: IO is several tokens*one token in this vocabulary*");
    }

    [Test]
    public void More_prompts_than_there_are_is_an_error_that_says_how_many_there_are()
    {
        FluentActions.Invoking(() => MemorisedTexts.Evaluation(TextTokenizers.Words, count: 40)).Should().Throw<InvalidOperationException>()
            .WithMessage("*MemorisedTexts*only * of the 40 prompts*dropped: drawn before*Ask for fewer prompts*");
    }

    [Test]
    public void Families_refuse_vocabularies_that_they_have_no_words_for()
    {
        FluentActions.Invoking(() => Brackets.Evaluation(Organism)).Should().Throw<ArgumentException>().WithMessage("*WordLevelTokenizer*");
        FluentActions.Invoking(() => Facts.Evaluation(Organism, relation: FactRelation.Capital)).Should().Throw<ArgumentException>().WithMessage("*organisms*");
        FluentActions.Invoking(() => EmailAddresses.Evaluation(Organism, examples: 2)).Should().Throw<ArgumentException>().WithMessage("*organisms*");
        foreach (PromptFamily family in PromptFamilies.All)
        {
            Action draw = () => family.Evaluation(Organism, 4);
            if (family.Serves(Organism))
            {
                draw.Should().NotThrow(family.Name);
            }
            else
            {
                draw.Should().Throw<ArgumentException>(family.Name);
            }
        }
    }

    [Test]
    public void A_family_or_problem_that_does_not_exist_is_an_error()
    {
        FluentActions.Invoking(() => PromptFamilies.Named("Bracket (nested)")).Should().Throw<ArgumentException>().WithMessage("*'Brackets (nested)'*");
        FluentActions.Invoking(() => PromptFamilies.ForProblem("2.39")).Should().Throw<ArgumentException>().WithMessage("*2.1 to 2.38*");
        PromptFamilies.Named("acronyms").Name.Should().Be("Acronyms");
        PromptFamilies.ForProblem("2.4").Select(family => family.Name).Should().Equal("Acronyms");
    }

    [Test]
    public void Word_lists_are_large_enough_and_without_repeats()
    {
        foreach ((string list, int least) in new[] { ("female-names", 80), ("male-names", 80), ("places", 40), ("objects", 40), ("surnames", 40), ("countries", 60), ("openings", 40) })
        {
            string[] lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "fixtures", "words", "english", $"{list}.txt"));
            lines.Should().HaveCountGreaterThanOrEqualTo(least).And.OnlyHaveUniqueItems();
        }

        foreach (string file in Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "fixtures", "words", "english")))
        {
            string[] lines = File.ReadAllLines(file);
            lines.Should().OnlyContain(line => line.Length > 0 && line.Trim() == line, file);
            lines.Select(line => line.Split('\t').Length).Distinct().Should().ContainSingle(file);
        }
    }
}
