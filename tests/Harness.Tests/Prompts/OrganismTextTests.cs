using System.Text.RegularExpressions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

public class OrganismTextTests
{
    private const string A = @"\w+";

    private static readonly string[] Sentences =
    [
        $"The {A} {A} was near the {A} .", $"{A} {A} an? {A} and then s?he went to the {A} .", $"In {A} , the {A} were {A} .", $"We {A} the {A} {A} on {A} .",
        $"When the {A} was {A} , the {A} were {A} too .", $"There were {A} {A} in the {A} , but {A} {A} only one .", $"{A} said that the {A} was not {A} .",
        $"After that , they {A} near the {A} .", $"It was an? {A} day , and the {A} {A} in the {A} .", $"My {A} is {A} and your {A} is {A} .",
        $"{A} lives in {A} with a {A} .", $"Every {A} , the {A} {A} near the {A} .", $"They {A} an? {A} {A} , an? {A} {A} and an? {A} {A} .",
    ];

    private static readonly Tokenizer Organism = OrganismTokenizer.Instance;

    [Test]
    public void Prose_is_made_of_the_thirteen_sentences()
    {
        var seen = new HashSet<int>();
        foreach (Prompt prompt in Prose.Evaluation(Organism, count: 100, length: 60).Prompts)
        {
            prompt.Tokens.Should().HaveCount(60);
            string[] sentences = Regex.Split(prompt.Text, @"(?<=\.) ");
            foreach (string sentence in sentences.SkipLast(1))
            {
                int template = Array.FindIndex(Sentences, pattern => Regex.IsMatch(sentence, $"^{pattern.Replace(".", @"\.", StringComparison.Ordinal)}$"));
                template.Should().BeGreaterThanOrEqualTo(0, "of '{0}'", sentence);
                seen.Add(template);
            }
        }

        seen.Should().HaveCount(13);
    }

    [Test]
    public void A_pronoun_in_prose_agrees_with_its_name_and_an_article_with_its_noun()
    {
        string[] names = OrganismTokenizer.Words("names");
        string text = string.Join(' ', Prose.Evaluation(Organism, count: 200, length: 60).Prompts.Select(prompt => prompt.Text));
        MatchCollection pronouns = Regex.Matches(text, @"(\w+) \w+ an? \w+ and then (s?he)");
        pronouns.Count.Should().BeGreaterThan(20);
        pronouns.Should().OnlyContain(match => (Array.IndexOf(names, match.Groups[1].Value) % 2 == 0) == (match.Groups[2].Value == "she"));
        Regex.Matches(text, @"\b(an?) ([a-z])\w*").Should().OnlyContain(match => (match.Groups[1].Value == "an") == "aeiou".Contains(match.Groups[2].Value, StringComparison.Ordinal));
    }

    [Test]
    public void Scored_words_of_the_mixture_follow_from_what_stands_before_them()
    {
        var counts = new Dictionary<string, int>();
        foreach (Prompt prompt in OrganismTasks.Evaluation(Organism, count: 80).Prompts)
        {
            prompt.Tokens.Should().HaveCount(96);
            string[] words = OrganismTokenizer.WordsOf(prompt.Tokens);
            foreach (int position in prompt.ScoredPositions)
            {
                string[] before = words[(Array.LastIndexOf(words, "<bos>", position) + 1)..(position + 1)];
                string rule = Rule(before, words[position + 1]);
                rule.Should().NotBeEmpty("of '{0}' → '{1}'", string.Join(' ', before), words[position + 1]);
                counts[rule] = counts.GetValueOrDefault(rule) + 1;
            }
        }

        counts.Keys.Should().BeEquivalentTo("acronym", "count", "email", "fact", "list", "pronoun", "repeat", "sequence");
    }

    [Test]
    public void Every_next_token_is_scored_when_asked_for()
    {
        OrganismTasks.Evaluation(Organism, count: 4, answersOnly: false).Prompts.Should().OnlyContain(prompt => prompt.ScoredPositions.IsEmpty);
    }

    /// <summary>The rule by which a word follows from the words before it; empty if none does.</summary>
    private static string Rule(string[] before, string next)
    {
        string text = string.Join(' ', before);
        if (Regex.Match(text, @"[Tt]he (\w+) (\w+) (\w+) \((( \w)*)$") is { Success: true } acronym)
        {
            string[] given = acronym.Groups[4].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] expected = [.. Enumerable.Range(1, 3).Select(word => acronym.Groups[word].Value[..1]), ")"];
            return expected[..given.Length].SequenceEqual(given) && next == expected[given.Length] ? "acronym" : "";
        }

        if (Regex.Match(text, @"(\w+) (\w+) <(( \w+)*)$") is { Success: true } email)
        {
            string[] expected = [email.Groups[1].Value.ToLowerInvariant(), "_", email.Groups[2].Value.ToLowerInvariant(), ">"];
            return next == expected[email.Groups[3].Value.Count(character => character == ' ')] ? "email" : "";
        }

        if (Regex.Match(text, @"^I (picked up|found|bought) (an? \w+.*) \. I was holding( \w+)?$") is { Success: true } count)
        {
            string[] items = Regex.Split(count.Groups[2].Value, " , | and ");
            bool animal = OrganismTokenizer.Words("nouns").Take(18).Contains(items[0].Split(' ')[1]);
            string noun = (animal ? "animal" : "thing") + (items.Length > 1 ? "s" : "");
            return next == (count.Groups[3].Success ? noun : OrganismTokenizer.Words("number-words")[items.Length]) ? "count" : "";
        }

        if (text.EndsWith('\n'))
        {
            string last = Regex.Matches(text, @"(\d+) \.").Last().Groups[1].Value;
            return int.Parse(next) == int.Parse(last) + 1 ? "list" : "";
        }

        if (Regex.IsMatch(text, "(in the city of|you must go to|My friend works at the .* in)$"))
        {
            return OrganismTokenizer.Words("cities").Contains(next) ? "fact" : "";
        }

        if (next is "he" or "she")
        {
            return text.EndsWith("and then", StringComparison.Ordinal) ? "pronoun" : "";
        }

        int earlier = Array.IndexOf(before, before[^1]);
        if (earlier < before.Length - 1 && Enumerable.Range(0, before.Length - 1).Any(index => before[index] == before[^1] && before[index + 1] == next))
        {
            return "repeat";
        }

        return Follows(before[^2], before[^1], next) ? "sequence" : Wraps(before, next) ? "repeat" : "";
    }

    // The third copy of a repeat begins where the second one ends.
    private static bool Wraps(string[] before, string next) => before.Length % 2 == 0 && next == before[0] && before[..(before.Length / 2)].SequenceEqual(before[(before.Length / 2)..]);

    private static bool Follows(string first, string second, string third)
    {
        if (int.TryParse(second, out int number))
        {
            return int.Parse(third) - number == number - int.Parse(first);
        }

        string[][] lists = [OrganismTokenizer.Words("number-words"), OrganismTokenizer.Words("months"), OrganismTokenizer.Words("days"), [.. Enumerable.Range('A', 26).Select(letter => $"{(char)letter}")]];
        string[]? list = lists.FirstOrDefault(list => list.Contains(second));
        return list is not null && list[(Array.IndexOf(list, second) + 1) % list.Length] == third;
    }
}
