using System.Text.RegularExpressions;
using CircuitSpecs.Tokenizers;
using CircuitSpecs.Tokenizers.Patterns;

namespace CircuitSpecs.Tests.Tokenizers;

/// <summary>Patterns over code points. Where text and pattern mean the same to .NET's own engine, that is the reference.</summary>
public class UnicodePatternTests
{
    private const string Alphabet = "aabbcxyABd 1234 \r\n-']é٣ـ日";

    private static readonly string[] SharedDialect =
    [
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        @"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|\d{2,}?a|\p{Nd}",
        @"(?=(\d{3})+(?!\d))|(?<=[a-z])(?=[A-Z])",
        @"(?>a|ab)c|(?:ab|a)*b|(x*)*y|(?:a|b|ab)+?c",
        @"a{2,4}b?|[ab]{3}|(?:ab){1,2}?c|[^a-c\s]{2,}",
        @"\Aa|b\z|\S+?(?=\s)|(?<!a)b|\Z",
        @".+?x|[\]\-a]|[^\]x-z]|\x41|\u0042",
        @"(?i:ab|'ll|[d-f]+)|(?i)x|(?-i:a)b",
        @"(?:a?){3}a{3}|(?:(?:a|)b)*c",
    ];

    [TestCaseSource(nameof(SharedDialect))]
    public void Matches_are_those_of_the_class_library_where_both_mean_the_same(string pattern)
    {
        var ours = new UnicodePattern(pattern);
        var theirs = new Regex(pattern, RegexOptions.CultureInvariant);
        var random = new Random(pattern.Length);
        for (int repeat = 0; repeat < 2_000; repeat++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            Matches(ours, text).Should().Equal(ReferenceMatches(theirs, text), "of {0} in '{1}'", pattern, text);
        }
    }

    [TestCase(@"\p{L}+", "a𐌰b1", "0-4", TestName = "letters above U+FFFF")]
    [TestCase(@"\p{N}", "1𝟐", "0-1 1-3", TestName = "digits above U+FFFF")]
    [TestCase(@"[^\p{L}]", "😀", "0-2", TestName = "a symbol above U+FFFF is one")]
    [TestCase(@"[𐌰-𐌲]{2}", "𐌰𐌱𐌲", "0-4", TestName = "ranges above U+FFFF")]
    [TestCase(@".(?=b)", "𐌰b", "0-2", TestName = "going back over a pair")]
    [TestCase(@"(?<=𐌰.)b", "𐌰𐌱b", "4-5", TestName = "looking behind over pairs")]
    [TestCase(@"\s+", "a\u0085\u00A0\u1680\u2028\u3000\u001C\u180E\u200B\uFEFFb", "1-6", TestName = "white space is Unicode's")]
    [TestCase(@"\p{Han}+", "a日本ゴ々𠀀", "1-3 4-7", TestName = "a script")]
    [TestCase(@"[\p{L}&&[^\p{Han}]]+", "ab日c", "0-2 3-4", TestName = "what two classes share")]
    [TestCase(@"[a[bc]&&[^b]]+", "abca", "0-1 2-4", TestName = "classes in classes")]
    [TestCase(@"\p{L}++a|\p{L}", "bba", "0-1 1-2 2-3", TestName = "possessive repetition gives nothing back")]
    [TestCase(@"\p{N}{1,3}+", "12345678", "0-8", TestName = "a plus after braces repeats the repetition")]
    [TestCase(@"(?i:'s)", "'S'ſ's", "0-2 2-4 4-6", TestName = "the long s is an s")]
    [TestCase(@"(?i:[^a-z])", "aZ1", "2-3", TestName = "a negated class has no case")]
    [TestCase(@"a(?i)b|c", "aBC", "0-2", TestName = "an option inside a group takes what follows it")]
    [TestCase(@"a(?i)b|c", "aC", "0-2", TestName = "further alternatives included")]
    [TestCase("^a|b$", "a\nab\na", "0-1 2-3 3-4 5-6", TestName = "anchors are of lines")]
    [TestCase(@"\bé\b|\B1", "é a1", "0-1 3-4", TestName = "word boundaries")]
    [TestCase(@"[]x]+", "x]y", "0-2", TestName = "a bracket that comes first is a character")]
    public void Oniguruma_reads_them_so(string pattern, string text, string expected) =>
        string.Join(' ', Matches(new UnicodePattern(pattern), text).Select(match => $"{match.Start}-{match.End}")).Should().Be(expected);

    [TestCase("(a", "*without its ')'*character 2*")]
    [TestCase("a)", "*')' without its '('*")]
    [TestCase("[a", "*'[' without its ']'*")]
    [TestCase("*a", "*nothing to repeat*")]
    [TestCase("a{2,1}", "*at least 2 and at most 1*")]
    [TestCase("a{99999}", "*repetitions*")]
    [TestCase("a{x}", "*{n}*")]
    [TestCase("(?:(?:ab){1000}){1000}", "*steps*")]
    [TestCase(@"(a)\1", @"*'\1'*")]
    [TestCase(@"\p{Klingon}", @"*\p{Klingon}*general categories*")]
    [TestCase("[[:alpha:]]", "*POSIX*")]
    [TestCase("(?<name>a)", "*named group*")]
    [TestCase("(?<=a+)b", "*look-behind of varying length*")]
    [TestCase("(?x)a", "*'(?x'*only i*")]
    [TestCase("[z-a]", "*range*")]
    [TestCase(@"a\", "*backslash at the end*")]
    [TestCase(@"\x{110000}", "*no code point*")]
    public void What_is_malformed_or_unknown_is_refused_with_its_place(string pattern, string message) =>
        FluentActions.Invoking(() => new UnicodePattern(pattern)).Should().Throw<FormatException>().WithMessage(message);

    [Test]
    public void Deeply_nested_groups_and_classes_are_refused()
    {
        FluentActions.Invoking(() => new UnicodePattern(new string('(', 100_000))).Should().Throw<FormatException>().WithMessage("*nested*");
        FluentActions.Invoking(() => new UnicodePattern(new string('[', 100_000))).Should().Throw<FormatException>().WithMessage("*nested*");
    }

    [Test]
    public void A_pattern_that_would_run_for_ever_gives_up()
    {
        var pattern = new UnicodePattern("(a|a)*b");
        FluentActions.Invoking(() => Matches(pattern, new string('a', 60))).Should().Throw<TokenizationException>().WithMessage("*(a|a)*b*");
    }

    [Test]
    public void A_very_long_text_takes_no_deep_stack()
    {
        string text = new('a', 500_000);
        Matches(new UnicodePattern("(?:a|b)+"), text).Should().Equal((0, text.Length));
        Matches(new UnicodePattern(@"\s+(?!\S)|a+?$"), text).Should().Equal((0, text.Length));
    }

    [Test]
    public void Random_patterns_are_refused_or_match_within_the_text()
    {
        string[] tokens = ["a", "b", @"\p{L}", @"\s", "[", "]", "^", "(", ")", "(?:", "(?=", "(?!", "(?<=", "(?i)", "|", "*", "+", "?", "{1,2}", "{", "&&", "-", @"\", ".", "$", "é", "𐌰", "😀"];
        var random = new Random(7);
        int accepted = 0;
        for (int repeat = 0; repeat < 8_000; repeat++)
        {
            string pattern = string.Concat(Enumerable.Range(0, random.Next(1, 10)).Select(_ => tokens[random.Next(tokens.Length)]));
            UnicodePattern compiled;
            try
            {
                compiled = new UnicodePattern(pattern);
            }
            catch (FormatException refusal)
            {
                refusal.Message.Should().NotBeEmpty();
                continue;
            }

            accepted++;
            const string Text = "ab a\nb 𐌰é]😀-^";
            int last = 0;
            foreach ((int start, int end) in Matches(compiled, Text))
            {
                (start >= last && end >= start && end <= Text.Length).Should().BeTrue("of {0}", pattern);
                last = end;
            }
        }

        accepted.Should().BeGreaterThan(500);
    }

    private static List<(int Start, int End)> Matches(UnicodePattern pattern, string text)
    {
        var found = new List<(int Start, int End)>();
        UnicodePattern.Matcher matches = pattern.In(text);
        try
        {
            while (matches.Next(out int start, out int end))
            {
                found.Add((start, end));
            }
        }
        finally
        {
            matches.Dispose();
        }

        return found;
    }

    /// <summary>.NET's matches, less the empty ones where a match has just ended, which Oniguruma's iteration leaves out.</summary>
    private static List<(int Start, int End)> ReferenceMatches(Regex pattern, string text)
    {
        var found = new List<(int Start, int End)>();
        foreach (Match match in pattern.Matches(text))
        {
            if (match.Length > 0 || found.Count == 0 || found[^1].End != match.Index)
            {
                found.Add((match.Index, match.Index + match.Length));
            }
        }

        return found;
    }
}
