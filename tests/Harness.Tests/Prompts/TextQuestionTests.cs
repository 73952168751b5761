using System.Globalization;
using System.Text.RegularExpressions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>
/// Each family's prompts read again by a pattern written for the test: the answer is worked out from the text, and every group of the pattern
/// that has a position's name has to be the word at that position, in the prompt and in its twin.
/// </summary>
public class TextQuestionTests
{
    private const int Count = 12;
    private const string W = @"\w+";

    private static readonly Dictionary<string, string[]> Lists = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "fixtures", "words", "english"))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllLines);

    private static readonly string[][] Series =
    [
        [.. Enumerable.Range(1, 99).Select(number => number.ToString(CultureInfo.InvariantCulture))], Lists["number-words"], [.. Lists["months"], "January"], [.. Lists["days"], "Monday"],
        [.. Enumerable.Range('A', 26).Select(letter => $"{(char)letter}")],
    ];

    private static readonly (string Family, string Pattern, Func<Match, string> Answer)[] Rules =
    [
        ("Acronyms", $@"^(The|He joined the|We heard of the) (?<W1>{W}) (?<W2>{W}) (?<W3>{W}) \((?<A1>\w)(?<A2>\w)$", match => match.Groups["W3"].Value[..1]),
        ("Addition", @"^(\d\d \+ \d\d = \d\d\n){3}(?<a>\d\d) \+ (?<b>\d\d) =(?<given> ?\d?)$", Sum),
        ("Addition (3 examples, no spaces)", @"^(\d\d\+\d\d=\d\d\n){3}(?<a>\d\d)\+(?<b>\d\d)=(?<given>\d?)$", Sum),
        ("AdversarialIndirectObjects", $@"^.*?(?<IO>{W})( and {W}|(?<= and \k<IO>)) .*\. \k<IO> (had|was|liked) .*\. (Later )?(?<S2>{W}) (gave|decided|handed|sent) .*to$", match => match.Groups["IO"].Value),
        ("Brackets", $@"^.* (?<OPEN>[\(\[{{]){W}, {W}, {W}$", match => Closing(match.Groups["OPEN"].Value)),
        ("Brackets (nested)", $@"^.* (?<OUTER>[\(\[{{]){W}, (?<OPEN>[\(\[{{]){W}, {W}$", match => Closing(match.Groups["OPEN"].Value)),
        ("CategoryLabels", $@"^({W}: [AB]\n){{6}}(?<QUERY>{W}):(?<given> ?)$", match => LabelOf(match.Groups["QUERY"].Value, match.Value)),
        ("CategoryLabels (4 classes)", $@"^({W} {W}: [A-D]\n){{8}}(?<Q1>{W}) (?<Q2>{W}):(?<given> ?)$", match => LabelOf(match.Groups["Q1"].Value, match.Value, match.Groups["Q2"].Value)),
        ("CodeArguments", $@"^def {W}\((?<A1>{W}), (?<B1>{W}), (?<C1>{W})\):\n    return (?<A2>\k<A1>) ([-+*/]) (?<B2>\k<B1>) \1$", match => match.Groups["C1"].Value),
        ("WordPairs", $@"^.* (?<WORD>{W}) and( the)?$", match => Table("word-pairs", match.Groups["WORD"].Value, 1)),
        ("Counting", $@"^(In the room .*\n){{2}}In the room there were a (?<I1>{W}), a (?<I2>{W}), a (?<I3>{W}), a (?<I4>{W}) and a (?<I5>{W})\. The number of (?<KIND>{W}) was$", match => NumberOf(match)),
        ("Docstrings", $@"^def {W}\(self, (?<A1>{W}), (?<B1>{W}), (?<C1>{W})\):\n    """"""{W} {W}\n\n    :param (?<A2>\k<A1>): {W} {W}\n    :param (?<B2>\k<B1>): {W} {W}\n    :param$", match => match.Groups["C1"].Value),
        ("EmailAddresses", $@"^(?<NAME>{W}) (?<SURNAME>{W}) <(?<first>[a-z]+)_$", match => match.Groups["SURNAME"].Value.ToLowerInvariant()),
        ("EmailAddresses (FirstName, 2 examples)", $@"^({W} {W} <[a-z]+_[a-z]+@example\.com>\n){{2}}(?<NAME>{W}) (?<SURNAME>{W}) <$", match => match.Groups["NAME"].Value.ToLowerInvariant()),
        ("EmailSnippets", $@"^(Name: {W} {W}, Email: [a-z]+\.[a-z]+@example\.com\n){{3}}Name: (?<NAME>{W}) (?<SURNAME>{W}), Email:$", match => match.Groups["SURNAME"].Value.ToLowerInvariant()),
        ("EmailSnippets (FirstName)", $@"^(Name: {W} {W}, Email: [a-z]+\.[a-z]+@example\.com\n){{3}}Name: (?<NAME>{W}) (?<SURNAME>{W}), Email: (?<last>[a-z]+)\.$", match => match.Groups["NAME"].Value.ToLowerInvariant()),
        ("Facts (Capital)", @"^.*[Tt]he (?<RELATION>capital)( city)? of (?<subject>[\w ]+) is$", match => Table("countries", match.Groups["subject"].Value, 1)),
        ("Facts (Language)", @"^(The (official|main) (?<RELATION>language) (of|in) (?<subject>[\w ]+) is|In (?<subject>[\w ]+), most people (?<RELATION>speak))$", match => Table("countries", match.Groups["subject"].Value, 2)),
        ("Facts (Continent)", @"^(The (?<RELATION>country) of (?<subject>[\w ]+) is in|We looked for (?<subject>[\w ]+) on the (?<RELATION>map) of)$", match => Table("countries", match.Groups["subject"].Value, 3)),
        ("Facts (Landmark)", @"^(The (?<subject>[\w ]+) is in the (?<RELATION>city) of|To see the (?<subject>[\w ]+), you have to (?<RELATION>travel) to)$", match => Table("landmarks", match.Groups["subject"].Value, 1)),
        ("FewShot", FewShotPattern, match => Table("antonyms", match.Groups["QUERY"].Value, 1)),
        ("FewShot (Plurals, 5 examples)", FewShotPattern, match => Table("nouns", match.Groups["QUERY"].Value, 1)),
        ("FewShot (PastTense, 5 examples, ShuffledAnswers)", FewShotPattern, match => Table("verbs", match.Groups["QUERY"].Value, 1)),
        ("FewShot (Capitals, 5 examples)", FewShotPattern, match => Table("countries", match.Groups["QUERY"].Value, 1)),
        ("HtmlTags", @"^<(?<TAG>\w+)>\w+</$", match => match.Groups["TAG"].Value),
        ("HtmlTags (nested)", @"^<(?<OUTER>\w+)><(?<TAG>\w+)>\w+</$", match => match.Groups["TAG"].Value),
        ("MethodNames", @"^(?<VARIABLE>\w+) = (?<TYPE>\[\]|\{\}|list|dict|set)(\(\))?\n[\s\S]*\b\k<VARIABLE>\.$", match => match.Groups["TYPE"].Value switch { "[]" or "list" => "append", "set" => "add", _ => "update" }),
        ("NumberedLines", @"^(.*:\n)?(?<N1>\d)\. .*\n(?<N2>\d)\. .*\n([\d]\. .*\n){0,2}(?<last>\d)\. .*\n$", match => $"{int.Parse(match.Groups["last"].ValueSpan, CultureInfo.InvariantCulture) + 1}"),
        ("Pronouns", @"^(So|Everyone likes|When|We all know|The teacher asked) (?<NAME>\w+)\b.*$", match => Lists["female-names"].Contains(match.Groups["NAME"].Value) ? "she" : "he"),
        ("RepeatedPhrases", @"^.*? (?<A1>[A-Z]\w+) (?<B1>[A-Z]\w+) .* (?<A2>\k<A1>)$", match => match.Groups["B1"].Value),
        ("SentenceStarts", @"^[A-Z][\w ]+\. [A-Z][\w ]+(?<MARK>\.)$", _ => ""),
        ("Sequences", @"^(The sequence is: |In order: |Count: |[A-Z]\w+ was born (in|on) )?(?<I1>\w+)\W.*?(?<I4>\w+)(,| -|\. \w+ was born (in|on))?(?<given> ?)$", match => Next(match.Groups["I4"].Value)),
        ("Successors", @"^(The \w+ after|After|If this \w+ is) (?<ITEM>\w+)( is| comes the \w+|, the next one is)(?<given> ?)$", match => Next(match.Groups["ITEM"].Value)),
        ("SubjectVerbAgreement", @"^The (?<SUBJECT>\w+) \w+ the (?<ATTRACTOR>\w+)$", _ => ""),
        ("Translations", @"^(English: \w+ French: \w+\n){5}English: (?<WORD>\w+) (?<LANGUAGE>French):(?<given>.*)$", match => Table("translations", match.Groups["WORD"].Value, 1)),
        ("Translations (German, 5 examples)", @"^(English: \w+ German: \w+\n){5}English: (?<WORD>\w+) (?<LANGUAGE>German):(?<given>.*)$", match => Table("translations", match.Groups["WORD"].Value, 3)),
    ];

    private const string FewShotPattern = @"^(?<X1>\w+) -> (?<Y1>\w+)\n(\w+ -> \w+\n){3}(?<X5>\w+) -> (?<Y5>\w+)\n(?<QUERY>\w+) ->$";

    private static IEnumerable<TestCaseData> Cases() => Rules.Select(rule => new TestCaseData(rule.Family, rule.Pattern, rule.Answer).SetArgDisplayNames(rule.Family));

    [TestCaseSource(nameof(Cases))]
    public void Answers_follow_from_the_text_and_positions_have_their_words(string family, string pattern, Func<Match, string> answer)
    {
        foreach ((string name, Tokenizer tokenizer) in TextTokenizers.All)
        {
            foreach (Prompt prompt in PromptFamilies.Named(family).Evaluation(tokenizer, Count).Prompts)
            {
                Match match = Regex.Match(prompt.Text, pattern);
                match.Success.Should().BeTrue("'{0}' is of the family ({1})", prompt.Text, name);
                string expected = answer(match);
                string given = match.Groups["given"].Value.TrimStart();
                string text = given + tokenizer.TokenText(prompt.Answer!.Value).TrimStart();
                if (family.StartsWith("Translations", StringComparison.Ordinal) || given.Length > 0)
                {
                    expected.Should().StartWith(text.TrimEnd('\uFFFD'), "of '{0}' ({1})", prompt.Text, name);
                }
                else if (expected.Length > 0)
                {
                    text.Should().Be(expected.Length > text.Length && family.StartsWith("Addition", StringComparison.Ordinal) ? expected[..text.Length] : expected, "of '{0}' ({1})", prompt.Text, name);
                }

                foreach (Group group in match.Groups.Cast<Group>().Where(group => group.Success && prompt.Positions.ContainsKey(group.Name)))
                {
                    TokenAt(prompt.Tokens, group.Name).Should().EndWith(group.Value, "{0} of '{1}' ({2})", group.Name, prompt.Text, name);
                }

                string TokenAt(IReadOnlyList<int> tokens, string position) => tokenizer.TokenText(tokens[prompt.Positions[position]]);
            }
        }
    }

    [Test]
    public void A_verb_agrees_with_its_subject_and_not_with_the_noun_before_it()
    {
        foreach ((_, Tokenizer tokenizer) in TextTokenizers.All)
        {
            foreach (Prompt prompt in SubjectVerbAgreement.Evaluation(tokenizer, Count).Prompts)
            {
                bool subject = IsPlural("SUBJECT");
                IsPlural("ATTRACTOR").Should().Be(!subject);
                new[] { " are", " were", " have" }.Contains(tokenizer.TokenText(prompt.Answer!.Value)).Should().Be(subject);
                new[] { " are", " were", " have" }.Contains(tokenizer.TokenText(prompt.Foil!.Value)).Should().Be(!subject);

                bool IsPlural(string position)
                {
                    string word = tokenizer.TokenText(prompt.Tokens[prompt.Positions[position]]).Trim();
                    return Lists["nouns"].Single(line => line.Split('\t').Contains(word)).Split('\t')[1] == word;
                }
            }
        }
    }

    [Test]
    public void Sentences_begin_with_a_capital_letter_after_a_full_stop_only()
    {
        foreach ((_, Tokenizer tokenizer) in TextTokenizers.All)
        {
            Prompt prompt = SentenceStarts.Evaluation(tokenizer, 1).Prompts[0];
            prompt.AnswerSet.Length.Should().Be(prompt.FoilSet.Length).And.BeGreaterThan(20);
            prompt.AnswerSet.Select(tokenizer.TokenText).Should().OnlyContain(text => char.IsUpper(text[1]));
            prompt.FoilSet.Select(tokenizer.TokenText).Should().Equal(prompt.AnswerSet.Select(token => tokenizer.TokenText(token).ToLowerInvariant()));
            tokenizer.TokenText(prompt.Corrupt!.Value[^1]).Should().Be(",");
        }
    }

    [Test]
    public void Later_years_are_the_answers_however_a_year_is_cut()
    {
        foreach ((string name, Tokenizer tokenizer) in TextTokenizers.All)
        {
            foreach (Prompt prompt in GreaterThan.Evaluation(tokenizer, 20).Prompts)
            {
                Match match = Regex.Match(prompt.Text, @"^The \w+ (lasted|began|went on) .*?year (?<year>\d{4}) .*year(?<given> ?\d*)$");
                match.Success.Should().BeTrue("'{0}' ({1})", prompt.Text, name);
                int year = int.Parse(match.Groups["year"].ValueSpan, CultureInfo.InvariantCulture);
                Years(prompt.AnswerSet).Should().NotBeEmpty().And.OnlyContain(end => end > year, "of '{0}' ({1})", prompt.Text, name);
                Years(prompt.FoilSet).Should().NotBeEmpty().And.OnlyContain(end => end <= year, "of '{0}' ({1})", prompt.Text, name);
                match.Groups["year"].Value.Should().Contain(tokenizer.TokenText(prompt.Tokens[prompt.Positions["YY"]]).Trim());
                tokenizer.Decode(prompt.Corrupt!.Value).Should().Contain($"{match.Groups["year"].Value[..2]}01 ");

                // All years of the century that a token may be the beginning of.
                IEnumerable<int> Years(IEnumerable<int> tokens) => tokens.Select(token => (match.Groups["given"].Value + tokenizer.TokenText(token)).Trim())
                    .SelectMany(start => Enumerable.Range(year / 100 * 100, 100).Where(end => $"{end}".StartsWith(start, StringComparison.Ordinal)));
            }
        }
    }

    [TestCase("GPT-2", @"year \d{4} .*year \d\d$", 100)]
    [TestCase("GPT-2 cut as by Qwen 2", @"year \d{4} .*year \d\d$", 9)]
    [TestCase("GPT-2 cut as by Llama 3", @"year \d{4} .*year $", 9)]
    [TestCase("SmolLM2", @"year \d{4} .*year \d\d$", 9)]
    public void What_is_compared_of_a_year_depends_on_the_vocabulary(string tokenizer, string pattern, int numbers)
    {
        foreach (Prompt prompt in GreaterThan.Evaluation(TextTokenizers.NamedOrIgnore(tokenizer), 10).Prompts)
        {
            prompt.Text.Should().MatchRegex(pattern);
            (prompt.AnswerSet.Length + prompt.FoilSet.Length).Should().BeOneOf(numbers, numbers == 9 ? 10 : 100);
        }
    }

    private static string Sum(Match match) => $"{int.Parse(match.Groups["a"].ValueSpan, CultureInfo.InvariantCulture) + int.Parse(match.Groups["b"].ValueSpan, CultureInfo.InvariantCulture)}";

    private static string Closing(string open) => open switch { "(" => ")", "[" => "]", _ => "}" };

    private static string Table(string list, string word, int column) => Lists[list].Select(line => line.Split('\t')).Single(row => row[0] == word)[column];

    private static string Next(string item)
    {
        string[] series = Series.First(series => series.Contains(item));
        return series[Array.IndexOf(series, item) + 1];
    }

    private static string NumberOf(Match match)
    {
        string[] kind = Lists[match.Groups["KIND"].Value];
        return Lists["number-words"][Enumerable.Range(1, 5).Count(item => kind.Contains(match.Groups[$"I{item}"].Value)) - 1];
    }

    // The label of the lines whose words are in the same lists.
    private static string LabelOf(string word, string text, string? second = null)
    {
        string[] categories = ["animals", "fruits", "months", "colours", "cities", "names"];
        string sought = CategoryOf(word) + (second is null ? "" : CategoryOf(second));
        return text.Split('\n')[..^1].Where(line => string.Concat(line[..^3].Split(' ').Select(CategoryOf)) == sought).Select(line => line[^1..]).Distinct().Single();

        string CategoryOf(string one) => categories.First(category => category == "names" ? Lists["female-names"].Concat(Lists["male-names"]).Contains(one) : Lists[category].Contains(one));
    }
}
