using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>The orders and corruptions of indirect object identification, in English and in the organisms' words.</summary>
public class IndirectObjectVariantTests
{
    private static IEnumerable<TestCaseData> Variants() =>
        from order in new[] { IndirectObjectOrder.Mixed, IndirectObjectOrder.Abba, IndirectObjectOrder.Baba }
        from corruption in Enum.GetValues<IndirectObjectCorruption>()
        from isOrganism in new[] { false, true }
        select new TestCaseData(order, corruption, isOrganism);

    private static IEnumerable<Tokenizer> Tokenizers(bool isOrganism) => isOrganism ? [OrganismTokenizer.Instance] : TextTokenizers.All.Select(entry => entry.Tokenizer);

    [TestCaseSource(nameof(Variants))]
    public void Twins_differ_as_the_corruption_says(IndirectObjectOrder order, IndirectObjectCorruption corruption, bool isOrganism)
    {
        foreach (Tokenizer tokenizer in Tokenizers(isOrganism))
        {
            foreach (Prompt prompt in IndirectObjectIdentification.Evaluation(tokenizer, 10, order: order, corruption: corruption).Prompts)
            {
                (int io, int s1, int s2) = Names(prompt, prompt.Tokens);
                (int twinIo, int twinS1, int twinS2) = Names(prompt, prompt.Corrupt!.Value);
                (io, s1).Should().Be((prompt.Answer!.Value, s2));
                s1.Should().Be(prompt.Foil);
                int[] known = [io, s1];
                switch (corruption)
                {
                    case IndirectObjectCorruption.SecondSubject:
                        (twinIo, twinS1).Should().Be((io, s1));
                        known.Should().NotContain(twinS2);
                        break;
                    case IndirectObjectCorruption.SubjectIsIndirectObject:
                        (twinIo, twinS1, twinS2).Should().Be((io, s1, io));
                        break;
                    case IndirectObjectCorruption.FirstSubject:
                        (twinIo, twinS2).Should().Be((io, s2));
                        known.Should().NotContain(twinS1);
                        break;
                    case IndirectObjectCorruption.Subject:
                        (twinIo, twinS1).Should().Be((io, twinS2));
                        known.Should().NotContain(twinS1);
                        break;
                    case IndirectObjectCorruption.IndirectObject:
                        (twinS1, twinS2).Should().Be((s1, s2));
                        known.Should().NotContain(twinIo);
                        break;
                    case IndirectObjectCorruption.AllNames:
                        new[] { io, s1, twinIo, twinS1, twinS2 }.Should().OnlyHaveUniqueItems();
                        break;
                    case IndirectObjectCorruption.Order:
                        (twinIo, twinS1, twinS2).Should().Be((s1, io, s2));
                        break;
                    default:
                        Assert.Fail($"{corruption} is not tested.");
                        break;
                }

                Enumerable.Range(0, prompt.Tokens.Length).Except([prompt.Positions["IO"], prompt.Positions["S1"], prompt.Positions["S2"]])
                    .Should().OnlyContain(position => prompt.Tokens[position] == prompt.Corrupt.Value[position]);
                bool subjectFirst = prompt.Positions["S1"] < prompt.Positions["IO"];
                (order == IndirectObjectOrder.Mixed || subjectFirst == (order == IndirectObjectOrder.Baba)).Should().BeTrue();
            }
        }

        static (int Io, int S1, int S2) Names(Prompt prompt, ImmutableArray<int> tokens) => (tokens[prompt.Positions["IO"]], tokens[prompt.Positions["S1"]], tokens[prompt.Positions["S2"]]);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Of_three_different_names_none_is_right(bool isOrganism)
    {
        foreach (Tokenizer tokenizer in Tokenizers(isOrganism))
        {
            foreach (Prompt prompt in IndirectObjectIdentification.Evaluation(tokenizer, 10, order: IndirectObjectOrder.Abc).Prompts)
            {
                prompt.Corrupt.Should().BeNull();
                new[] { "IO", "S1", "S2" }.Select(name => prompt.Tokens[prompt.Positions[name]]).Should().OnlyHaveUniqueItems();
                new[] { prompt.Answer, prompt.Foil }.Should().Equal(prompt.Tokens[prompt.Positions["IO"]], prompt.Tokens[prompt.Positions["S1"]]);
            }
        }
    }

    [Test]
    public void English_prompts_are_of_fifteen_templates_of_one_length_each()
    {
        foreach ((string name, Tokenizer tokenizer) in TextTokenizers.All)
        {
            EvaluationSet set = IndirectObjectIdentification.Evaluation(tokenizer, 200);
            set.Prompts.Select(prompt => prompt.Template).Distinct().Should().HaveCount(15, name);
            foreach (IGrouping<string?, Prompt> template in set.Prompts.Where(prompt => !prompt.Text.Contains(" an ", StringComparison.Ordinal)).GroupBy(prompt => prompt.Template))
            {
                template.Select(prompt => prompt.Tokens.Length).Distinct().Should().ContainSingle("of '{0}' ({1})", template.Key, name);
            }

            foreach (Prompt prompt in set.Prompts)
            {
                Match match = Regex.Match(prompt.Text, @"^(?!.* a [aeiou]).*?(?<one>[A-Z]\w+) and (?<two>[A-Z]\w+) .*\b(?<giver>\k<one>|\k<two>) .* to$");
                match.Success.Should().BeTrue("of '{0}' ({1})", prompt.Text, name);
                string giver = match.Groups["giver"].Value;
                string io = giver == match.Groups["one"].Value ? match.Groups["two"].Value : match.Groups["one"].Value;
                tokenizer.TokenText(prompt.Answer!.Value).Should().Be($" {io}");
                tokenizer.TokenText(prompt.Foil!.Value).Should().Be($" {giver}");
                prompt.Positions["S1+1"].Should().Be(prompt.Positions["S1"] + 1);
                prompt.Text.Should().Contain($"the {Word("PLACE")}").And.Contain($" {Word("OBJECT")}");

                string Word(string position) => tokenizer.TokenText(prompt.Tokens[prompt.Positions[position]]).Trim();
            }
        }
    }

    [Test]
    public void The_extra_sentence_names_the_indirect_object_or_the_subject_and_in_the_twin_a_third_person()
    {
        foreach ((_, Tokenizer tokenizer) in TextTokenizers.All)
        {
            foreach (bool repeatsSubject in new[] { false, true })
            {
                foreach (Prompt prompt in AdversarialIndirectObjects.Evaluation(tokenizer, 20, repeatsSubject: repeatsSubject).Prompts)
                {
                    prompt.Tokens[prompt.Positions["EXTRA"]].Should().Be(repeatsSubject ? prompt.Foil : prompt.Answer);
                    new[] { prompt.Foil, prompt.Answer }.Should().NotContain(prompt.Corrupt!.Value[prompt.Positions["EXTRA"]]);
                    Enumerable.Range(0, prompt.Tokens.Length).Where(position => prompt.Tokens[position] != prompt.Corrupt.Value[position]).Should().Equal(prompt.Positions["EXTRA"]);
                    prompt.Tokens[prompt.Positions["S1"]].Should().Be(prompt.Tokens[prompt.Positions["S2"]]).And.Be(prompt.Foil);
                }
            }
        }
    }
}
