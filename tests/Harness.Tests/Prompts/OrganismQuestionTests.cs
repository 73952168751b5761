using System.Text.RegularExpressions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>Each family's prompts read again by a grammar written for the test, their answers worked out from the text.</summary>
public class OrganismQuestionTests
{
    private static readonly Tokenizer Organism = OrganismTokenizer.Instance;

    [Test]
    public void Greater_than_answers_are_all_later_years_of_the_century()
    {
        foreach (Prompt prompt in GreaterThan.Evaluation(Organism, count: 200).Prompts)
        {
            Match match = Regex.Match(prompt.Text, @"^The (\w+) lasted from the year (\d\d) (\d\d) to the year \2$");
            match.Success.Should().BeTrue("of '{0}'", prompt.Text);
            int year = int.Parse(match.Groups[3].ValueSpan);
            OrganismTokenizer.Words("events").Should().Contain(match.Groups[1].Value);
            OrganismTokenizer.HeldOut(int.Parse(match.Groups[2].ValueSpan), year).Should().BeTrue();
            prompt.AnswerSet.Select(Organism.TokenText).Should().Equal(Enumerable.Range(year + 1, 99 - year).Select(number => $"{number}"));
            prompt.FoilSet.Select(Organism.TokenText).Should().Equal(Enumerable.Range(0, year + 1).Select(number => $"{number}"));
            prompt.AnswerSet.Should().Contain(prompt.Answer!.Value);
            prompt.FoilSet.Should().Contain(prompt.Foil!.Value);
            Organism.TokenText(prompt.Tokens[prompt.Positions["YY"]]).Should().Be($"{year}");
            Organism.Decode(prompt.Corrupt!.Value).Should().Be("<bos> " + prompt.Text.Replace($"{match.Groups[2]} {year} to", $"{match.Groups[2]} 10 to", StringComparison.Ordinal));
        }
    }

    [Test]
    public void Pronouns_agree_with_the_name()
    {
        string[] names = OrganismTokenizer.Words("names");
        string[] sentences = ["is a great friend , isn't", "went home because", "raised"];
        foreach (Prompt prompt in Pronouns.Evaluation(Organism).Prompts)
        {
            string[] words = prompt.Text.Split(' ', 2);
            int name = Array.IndexOf(names, words[0]);
            int template = Array.IndexOf(sentences, words[1]);
            (((name / 2) + template) % 5).Should().Be(0);
            (string answer, string foil) = template == 2 ? ("her", "his") : ("she", "he");
            Organism.TokenText(prompt.Answer!.Value).Should().Be(name % 2 == 0 ? answer : foil);
            Organism.TokenText(prompt.Foil!.Value).Should().Be(name % 2 == 0 ? foil : answer);
            int other = Array.IndexOf(names, Organism.TokenText(prompt.Corrupt!.Value[prompt.Positions["NAME"]]));
            (other % 2).Should().NotBe(name % 2);
        }
    }

    [Test]
    public void Acronyms_end_with_the_third_initial()
    {
        string[] words = OrganismTokenizer.Words("acronym-words");
        foreach (Prompt prompt in Acronyms.Evaluation(Organism, count: 200).Prompts)
        {
            Match match = Regex.Match(prompt.Text, @"^The ((\w)\w+) ((\w)\w+) ((\w)\w+) \( \2 \4$");
            match.Success.Should().BeTrue("of '{0}'", prompt.Text);
            OrganismTokenizer.HeldOut(Array.IndexOf(words, match.Groups[1].Value), Array.IndexOf(words, match.Groups[3].Value), Array.IndexOf(words, match.Groups[5].Value)).Should().BeTrue();
            Organism.TokenText(prompt.Answer!.Value).Should().Be(match.Groups[6].Value);
            Organism.TokenText(prompt.Foil!.Value).Should().Be(Organism.TokenText(prompt.Corrupt!.Value[prompt.Positions["W3"]])[..1]);
        }
    }

    [Test]
    public void Email_addresses_end_with_the_surname_in_small_letters()
    {
        foreach (Prompt prompt in EmailAddresses.Evaluation(Organism).Prompts)
        {
            string[] words = prompt.Text.Split(' ');
            words[2].Should().Be("<");
            words[3..].Should().Equal(words[0].ToLowerInvariant(), "_");
            OrganismTokenizer.HeldOut(Array.IndexOf(OrganismTokenizer.Words("names"), words[0]), Array.IndexOf(OrganismTokenizer.Words("surnames"), words[1])).Should().BeTrue();
            Organism.TokenText(prompt.Answer!.Value).Should().Be(words[1].ToLowerInvariant());
            Organism.TokenText(prompt.Corrupt!.Value[prompt.Positions["SURNAME"]]).ToLowerInvariant().Should().Be(Organism.TokenText(prompt.Foil!.Value));
        }
    }

    [Test]
    public void A_building_has_one_city_everywhere()
    {
        Prompt[] prompts = [.. Facts.Evaluation(Organism).Prompts, .. Facts.Discovery(Organism).Prompts];
        var cities = new Dictionary<string, int>();
        foreach (Prompt prompt in prompts)
        {
            Match match = Regex.Match(prompt.Text, @"^(The (?<B>\w+ \w+) is in the city of|To visit the (?<B>\w+ \w+) you must go to|My friend works at the (?<B>\w+ \w+) in)$");
            match.Success.Should().BeTrue("of '{0}'", prompt.Text);
            OrganismTokenizer.Words("cities").Should().Contain(Organism.TokenText(prompt.Answer!.Value));
            cities.TryAdd(match.Groups["B"].Value, prompt.Answer!.Value);
            cities[match.Groups["B"].Value].Should().Be(prompt.Answer);
        }
    }

    [Test]
    public void The_first_fact_is_that_of_the_published_generator()
    {
        // x = (1103515245 · 7 + 12345) mod 2³¹ = 1282168116; x >> 16 = 19564; 19564 mod 16 = 12: the thirteenth city.
        Prompt[] all = [.. Facts.Evaluation(Organism).Prompts, .. Facts.Discovery(Organism).Prompts];
        Prompt? first = all.FirstOrDefault(prompt => prompt.Text.Contains("Acrobatic Tower", StringComparison.Ordinal));
        first.Should().NotBeNull("fact 0 is held out in template 0");
        Organism.TokenText(first!.Answer!.Value).Should().Be("Athens");
    }

    [Test]
    public void Successors_follow_their_item()
    {
        string[][] lists =
        [
            [.. Enumerable.Range(0, 100).Select(number => $"{number}")], OrganismTokenizer.Words("number-words"), OrganismTokenizer.Words("months"),
            OrganismTokenizer.Words("days"), [.. Enumerable.Range('A', 26).Select(letter => $"{(char)letter}")],
        ];
        string[] sentences = ["The one after X is", "After X comes", "X is followed by"];
        foreach (Prompt prompt in Successors.Evaluation(Organism).Prompts)
        {
            string item = Organism.TokenText(prompt.Tokens[prompt.Positions["ITEM"]]);
            int template = Array.FindIndex(sentences, sentence => sentence.Replace("X", item, StringComparison.Ordinal) == prompt.Text);
            template.Should().BeGreaterThanOrEqualTo(0, "of '{0}'", prompt.Text);
            string[] list = lists.Single(list => list.Contains(item));
            ((Array.IndexOf(list, item) + template) % 5).Should().Be(0);
            Organism.TokenText(prompt.Answer!.Value).Should().Be(list[(Array.IndexOf(list, item) + 1) % list.Length]);
            string other = Organism.TokenText(prompt.Corrupt!.Value[prompt.Positions["ITEM"]]);
            Organism.TokenText(prompt.Foil!.Value).Should().Be(list[(Array.IndexOf(list, other) + 1) % list.Length]);
        }
    }
}
