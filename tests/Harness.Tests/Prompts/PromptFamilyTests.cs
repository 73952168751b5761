using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>What every family promises.</summary>
public class PromptFamilyTests
{
    private static readonly Tokenizer Organism = OrganismTokenizer.Instance;

    private static IEnumerable<TestCaseData> Families()
    {
        yield return Case(nameof(RepeatedRandomTokens), seed => RepeatedRandomTokens.Evaluation(Organism, 16, seed: seed), seed => RepeatedRandomTokens.Discovery(Organism, 16, seed: seed));
        yield return Case(nameof(IndirectObjectIdentification), seed => IndirectObjectIdentification.Evaluation(Organism, seed: seed), seed => IndirectObjectIdentification.Discovery(Organism, seed: seed));
        yield return Case(nameof(GreaterThan), seed => GreaterThan.Evaluation(Organism, seed: seed), seed => GreaterThan.Discovery(Organism, seed: seed));
        yield return Case(nameof(Pronouns), seed => Pronouns.Evaluation(Organism, seed: seed), seed => Pronouns.Discovery(Organism, seed: seed));
        yield return Case(nameof(Acronyms), seed => Acronyms.Evaluation(Organism, seed: seed), seed => Acronyms.Discovery(Organism, seed: seed));
        yield return Case(nameof(EmailAddresses), seed => EmailAddresses.Evaluation(Organism, seed: seed), seed => EmailAddresses.Discovery(Organism, seed: seed));
        yield return Case(nameof(Facts), seed => Facts.Evaluation(Organism, seed: seed), seed => Facts.Discovery(Organism, seed: seed));
        yield return Case(nameof(Successors), seed => Successors.Evaluation(Organism, seed: seed), seed => Successors.Discovery(Organism, seed: seed));
        yield return Case(nameof(Prose), seed => Prose.Evaluation(Organism, seed: seed), seed => Prose.Discovery(Organism, seed: seed));
        yield return Case(nameof(OrganismTasks), seed => OrganismTasks.Evaluation(Organism, seed: seed), seed => OrganismTasks.Discovery(Organism, seed: seed));

        static TestCaseData Case(string name, Func<int, EvaluationSet> evaluation, Func<int, DiscoverySet> discovery) => new TestCaseData(evaluation, discovery).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Families))]
    public void A_seed_fixes_the_prompts(Func<int, EvaluationSet> evaluation, Func<int, DiscoverySet> discovery)
    {
        evaluation(5).Hash.Should().Be(evaluation(5).Hash);
        evaluation(5).Hash.Should().NotBe(evaluation(6).Hash);
        discovery(5).Hash.Should().Be(discovery(5).Hash);
    }

    [TestCaseSource(nameof(Families))]
    public void No_prompt_is_both_searched_with_and_judged_on(Func<int, EvaluationSet> evaluation, Func<int, DiscoverySet> discovery)
    {
        HashSet<string> judged = [.. Enumerable.Range(0, 4).SelectMany(seed => evaluation(seed).Prompts).Select(Key)];
        Enumerable.Range(0, 4).SelectMany(seed => discovery(seed).Prompts).Select(Key).Should().NotContain(key => judged.Contains(key));
    }

    [TestCaseSource(nameof(Families))]
    public void Prompts_are_different_well_formed_and_as_many_as_asked_for(Func<int, EvaluationSet> evaluation, Func<int, DiscoverySet> discovery)
    {
        foreach (PromptSet set in new PromptSet[] { evaluation(1), discovery(2) })
        {
            set.Prompts.Select(Key).Should().OnlyHaveUniqueItems();
            foreach (Prompt prompt in set.Prompts)
            {
                prompt.Tokens[0].Should().Be(Organism.BosToken);
                prompt.Tokens.Length.Should().BeLessThanOrEqualTo(96);
                prompt.ScoredPositions.Should().NotContain(position => position < 1 || position >= prompt.Tokens.Length - 1);
                prompt.Positions.Values.Should().NotContain(position => position < 1 || position >= prompt.Tokens.Length);
                if (prompt.Corrupt is { } corrupt)
                {
                    corrupt.Should().HaveCount(prompt.Tokens.Length).And.NotEqual(prompt.Tokens);
                    prompt.Positions["END"].Should().Be(prompt.Tokens.Length - 1);
                    prompt.Answer.Should().NotBeNull().And.NotBe(prompt.Foil);
                }
            }
        }
    }

    [Test]
    public void More_prompts_than_exist_are_refused_with_the_number_there_is()
    {
        FluentActions.Invoking(() => Pronouns.Evaluation(Organism, count: 49)).Should().Throw<InvalidOperationException>()
            .WithMessage("*Pronouns*only * of the 49 prompts*dropped: drawn before*");
    }

    [Test]
    public void Every_prompt_of_a_small_family_is_in_one_of_the_two_halves()
    {
        // 16 names in each of the three templates were kept out of training.
        int found = Number(count => Pronouns.Evaluation(Organism, count).Count) + Number(count => Pronouns.Discovery(Organism, count).Count);
        found.Should().Be(48);

        static int Number(Func<int, int> draw) => Enumerable.Range(1, 48).Last(count =>
        {
            try
            {
                return draw(count) == count;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        });
    }

    [Test]
    public void What_was_dropped_is_counted_by_reason()
    {
        Acronyms.Evaluation(Organism, count: 400).Dropped.Keys.Should().BeSubsetOf(["clean equals corrupt", "answer equals foil", "drawn before"]);
        Acronyms.Evaluation(Organism, count: 400).Dropped["answer equals foil"].Should().BeInRange(1, 40, "one of 52 words has the same initial and is another word");
    }

    [Test]
    public void Families_of_the_organisms_refuse_other_vocabularies()
    {
        using var folder = new Tokenizers.VocabularyFolder("""{"[inst]": 0, "[/inst]": 1, " ": 2}""");
        Tokenizer other = TokenizerFolder.Load(folder.Path);
        FluentActions.Invoking(() => Prose.Evaluation(other)).Should().Throw<ArgumentException>().WithMessage("*DialogueTokenizer*");
        FluentActions.Invoking(() => TopicCopying.Evaluation(Organism)).Should().Throw<ArgumentException>().WithMessage("*WordLevelTokenizer*");
    }

    private static string Key(Prompt prompt) => string.Join(' ', prompt.Tokens);
}
