using System.Text.RegularExpressions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

public class IndirectObjectIdentificationTests
{
    private const string Grammar =
        @"^<bos> (When (?<A>\w+) and (?<B>\w+) went to the (?<P>\w+) ,|Then (?<A>\w+) and (?<B>\w+) had a long talk \. Later ,|After (?<A>\w+) and (?<B>\w+) went to the (?<P>\w+) ,|(?<A>\w+) and (?<B>\w+) were working at the (?<P>\w+) \. Today ,|Then (?<A>\w+) and (?<B>\w+) were thinking about going to the (?<P>\w+) \.|While (?<A>\w+) and (?<B>\w+) were at the (?<P>\w+) ,) (?<S>\w+) (gave a|handed the|decided to give a|wanted to give the|sent a) (?<O>\w+) to$";

    private static readonly Tokenizer Organism = OrganismTokenizer.Instance;
    private static readonly EvaluationSet Set = IndirectObjectIdentification.Evaluation(Organism, count: 300);

    [Test]
    public void Prompts_follow_the_grammar_with_held_out_pairs()
    {
        string[] names = OrganismTokenizer.Words("names");
        foreach (Prompt prompt in Set.Prompts)
        {
            Match match = Regex.Match(Organism.Decode(prompt.Tokens), Grammar);
            match.Success.Should().BeTrue("of '{0}'", prompt.Text);
            (string a, string b, string s) = (match.Groups["A"].Value, match.Groups["B"].Value, match.Groups["S"].Value);
            string io = a == s ? b : a;
            new[] { a, b }.Should().Contain(s).And.OnlyHaveUniqueItems();
            prompt.Answer.Should().Be(Organism.ToSingleToken(io));
            prompt.Foil.Should().Be(Organism.ToSingleToken(s));
            (int first, int second) = (Array.IndexOf(names, a), Array.IndexOf(names, b));
            OrganismTokenizer.HeldOut(Math.Min(first, second), Math.Max(first, second)).Should().BeTrue();
            OrganismTokenizer.Words("objects").Should().Contain(match.Groups["O"].Value);
            prompt.Tokens[prompt.Positions["IO"]].Should().Be(prompt.Answer);
            prompt.Tokens[prompt.Positions["S1"]].Should().Be(prompt.Foil);
            prompt.Tokens[prompt.Positions["S2"]].Should().Be(prompt.Foil);
            prompt.Positions["S2"].Should().BeGreaterThan(prompt.Positions["S1"]).And.BeGreaterThan(prompt.Positions["IO"]);
        }
    }

    [Test]
    public void The_corrupted_twin_differs_only_by_a_third_name_at_the_second_subject()
    {
        foreach (Prompt prompt in Set.Prompts)
        {
            var corrupt = prompt.Corrupt!.Value;
            Enumerable.Range(0, corrupt.Length).Where(position => corrupt[position] != prompt.Tokens[position]).Should().Equal(prompt.Positions["S2"]);
            string third = Organism.TokenText(corrupt[prompt.Positions["S2"]]);
            OrganismTokenizer.Words("names").Should().Contain(third);
            new[] { prompt.Answer!.Value, prompt.Foil!.Value }.Should().NotContain(corrupt[prompt.Positions["S2"]]);
        }
    }

    [Test]
    public void Both_orders_and_all_thirty_templates_occur()
    {
        int subjectFirst = Set.Prompts.Count(prompt => prompt.Positions["S1"] < prompt.Positions["IO"]);
        subjectFirst.Should().BeInRange(115, 185); // four standard deviations around half of 300
        Set.Prompts.Select(prompt => prompt.Template).Distinct().Should().HaveCount(30);
    }
}
