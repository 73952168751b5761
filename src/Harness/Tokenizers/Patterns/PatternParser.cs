using System.Globalization;
using System.Text;

namespace CircuitSpecs.Tokenizers.Patterns;

/// <summary>
/// Reads the dialect of regular expressions that <c>tokenizer.json</c> files are written in (Oniguruma's Ruby syntax, as far
/// as pre-tokenizers use it). What lies outside is refused by name: a pattern that is half understood cuts texts wrongly.
/// </summary>
internal sealed class PatternParser
{
    private const int DeepestNesting = 64;
    private const int MostRepetitions = 1_000;
    private const int LongS = 0x17F; // another small s
    private const int KelvinSign = 0x212A; // another capital K

    private readonly string pattern;
    private int position;
    private int depth;

    private PatternParser(string pattern) => this.pattern = pattern;

    /// <summary>Parses a pattern.</summary>
    /// <exception cref="FormatException">It is malformed or uses something unsupported; the message says what and where.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.Alternatives(ignoreCase: false);
        return parser.position == pattern.Length ? node : throw parser.Error("a ')' without its '('");
    }

    private bool AtEnd => position >= pattern.Length;

    private char Next => pattern[position];

    private PatternNode Alternatives(bool ignoreCase)
    {
        if (++depth > DeepestNesting)
        {
            throw Error($"more than {DeepestNesting} nested groups");
        }

        var branches = new List<PatternNode> { Sequence(ignoreCase) };
        while (Take('|'))
        {
            branches.Add(Sequence(ignoreCase));
        }

        depth--;
        return branches is [var only] ? only : new PatternNode.Choice(branches);
    }

    private PatternNode Sequence(bool ignoreCase)
    {
        var parts = new List<PatternNode>();
        while (!AtEnd && Next is not ('|' or ')'))
        {
            parts.Add(Quantified(Atom(ignoreCase)));
        }

        return parts is [var only] ? only : new PatternNode.Chain(parts);
    }

    private PatternNode Quantified(PatternNode part)
    {
        while (Quantifier() is { } times)
        {
            if (part is PatternNode.Look or PatternNode.At)
            {
                throw Error("a repeated assertion");
            }

            // After braces, '+' repeats the repetition in this syntax instead of making it possessive.
            Greed greed = Take('?') ? Greed.Lazy : !times.Braces && Take('+') ? Greed.Possessive : Greed.Greedy;
            part = new PatternNode.Repeat(part, times.Least, times.Most, greed);
        }

        return part;
    }

    private (int Least, int Most, bool Braces)? Quantifier()
    {
        if (AtEnd)
        {
            return null;
        }

        switch (Next)
        {
            case '*':
                position++;
                return (0, int.MaxValue, false);
            case '+':
                position++;
                return (1, int.MaxValue, false);
            case '?':
                position++;
                return (0, 1, false);
            case '{':
                int start = position++;
                int? least = Number();
                bool comma = Take(',');
                int? most = comma ? Number() : least;
                if (!Take('}') || (least is null && most is null))
                {
                    position = start;
                    throw Error("a '{' that begins no repetition {n}, {n,}, {,m} or {n,m}; write \\{ for the character");
                }

                if (least > most)
                {
                    throw Error($"a repetition of at least {least} and at most {most}");
                }

                return (least ?? 0, most ?? int.MaxValue, true);
            default:
                return null;
        }
    }

    private int? Number()
    {
        int start = position;
        while (!AtEnd && char.IsAsciiDigit(Next))
        {
            position++;
        }

        if (start == position)
        {
            return null;
        }

        return int.TryParse(pattern.AsSpan(start..position), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MostRepetitions
            ? number
            : throw Error($"more than {MostRepetitions} repetitions");
    }

    private PatternNode Atom(bool ignoreCase)
    {
        switch (Next)
        {
            case '(':
                return Group(ignoreCase);
            case '[':
                return One(Class(ignoreCase), ignoreCase: false);
            case '.':
                position++;
                return One(codePoint => codePoint != '\n', ignoreCase: false);
            case '^':
                position++;
                return new PatternNode.At(Place.LineStart);
            case '$':
                position++;
                return new PatternNode.At(Place.LineEnd);
            case '*' or '+' or '?':
                throw Error($"a '{Next}' with nothing to repeat");
            case '\\':
                return Assertion() is { } place ? new PatternNode.At(place) : One(Escape(inClass: false).Contains, ignoreCase);
            default:
                int codePoint = TakeCodePoint();
                return One(candidate => candidate == codePoint, ignoreCase);
        }
    }

    private static PatternNode.One One(Func<int, bool> contains, bool ignoreCase) => new(new CodePointSet(Folded(contains, ignoreCase)));

    private PatternNode Group(bool ignoreCase)
    {
        position++;
        if (!Take('?'))
        {
            return Closed(Alternatives(ignoreCase)); // a capturing group: what it captures is never asked for
        }

        if (Take(':'))
        {
            return Closed(Alternatives(ignoreCase));
        }

        if (Take('>'))
        {
            return Closed(new PatternNode.Atomic(Alternatives(ignoreCase)));
        }

        if (Take('='))
        {
            return Closed(new PatternNode.Look(Alternatives(ignoreCase), Behind: false, Negative: false));
        }

        if (Take('!'))
        {
            return Closed(new PatternNode.Look(Alternatives(ignoreCase), Behind: false, Negative: true));
        }

        if (Take('<'))
        {
            bool negative = Take('!');
            if (!negative && !Take('='))
            {
                throw Error("a named group");
            }

            PatternNode part = Alternatives(ignoreCase);
            return part.FixedLength is null ? throw Error("a look-behind of varying length") : Closed(new PatternNode.Look(part, Behind: true, negative));
        }

        bool on = true;
        for (; !AtEnd && Next is not (':' or ')'); position++)
        {
            if (Next == '-')
            {
                on = false;
            }
            else if (Next == 'i')
            {
                ignoreCase = on;
            }
            else
            {
                throw Error($"the group '(?{Next}'; of options there is only i (ignore case)");
            }
        }

        if (Take(':'))
        {
            return Closed(Alternatives(ignoreCase));
        }

        // (?i) holds for the rest of the group that it stands in, further alternatives included.
        return Take(')') ? Alternatives(ignoreCase) : throw Error("a group without its ')'");
    }

    private PatternNode Closed(PatternNode group) => Take(')') ? group : throw Error("a group without its ')'");

    private Place? Assertion()
    {
        Place? place = position + 1 < pattern.Length
            ? pattern[position + 1] switch
            {
                'A' => Place.TextStart,
                'z' => Place.TextEnd,
                'Z' => Place.LastLineEnd,
                'b' => Place.WordBoundary,
                'B' => Place.NoWordBoundary,
                _ => null,
            }
            : null;
        position += place is null ? 0 : 2;
        return place;
    }

    /// <summary>What a backslash stands for: a set, and the one code point in it where it is a character.</summary>
    private (Func<int, bool> Contains, int? Character) Escape(bool inClass)
    {
        position++;
        if (AtEnd)
        {
            throw Error("a backslash at the end");
        }

        int escaped = TakeCodePoint();
        switch (escaped)
        {
            case 's':
                return (CodePointClass.IsSpace, null);
            case 'S':
                return (codePoint => !CodePointClass.IsSpace(codePoint), null);
            case 'd':
                return (CodePointClass.IsDigit, null);
            case 'D':
                return (codePoint => !CodePointClass.IsDigit(codePoint), null);
            case 'w':
                return (inClass ? CodePointClass.IsAlphanumeric : CodePointClass.IsWord, null);
            case 'W':
                return (inClass ? codePoint => !CodePointClass.IsAlphanumeric(codePoint) : codePoint => !CodePointClass.IsWord(codePoint), null);
            case 'p' or 'P':
                return (Property(negated: escaped == 'P'), null);
        }

        int character = escaped switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => '\e',
            'x' => Hexadecimal(Take('{') ? -1 : 2),
            'u' => Hexadecimal(4),
            < 128 when char.IsAsciiLetterOrDigit((char)escaped) => throw Error($"the escape '\\{(char)escaped}'"),
            _ => escaped,
        };
        return (codePoint => codePoint == character, character);
    }

    private int Hexadecimal(int digits)
    {
        int end = digits < 0 ? pattern.IndexOf('}', position) : position + digits;
        if (end < 0 || end > pattern.Length || !int.TryParse(pattern.AsSpan(position, end - position), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || !Rune.IsValid(value))
        {
            throw Error("an escape that gives no code point");
        }

        position = digits < 0 ? end + 1 : end;
        return value;
    }

    private Func<int, bool> Property(bool negated)
    {
        int end = Take('{') ? pattern.IndexOf('}', position) : -1;
        if (end < 0)
        {
            throw Error(@"a \p without {name}");
        }

        string name = pattern[position..end];
        bool turned = name.StartsWith('^');
        if (!CodePointClass.TryByName(turned ? name[1..] : name, out Func<int, bool> contains))
        {
            throw Error($@"the class \p{{{name}}}; there are {CodePointClass.Supported}");
        }

        position = end + 1;
        return negated != turned ? codePoint => !contains(codePoint) : contains;
    }

    /// <summary>A class in brackets: characters, ranges, escapes, classes within, and <c>&amp;&amp;</c> for what both sides have.</summary>
    private Func<int, bool> Class(bool ignoreCase)
    {
        if (++depth > DeepestNesting)
        {
            throw Error($"more than {DeepestNesting} nested classes");
        }

        position++;
        bool negated = Take('^');
        Func<int, bool>? intersection = null;
        var members = new List<Func<int, bool>>();
        for (bool first = true; ; first = false)
        {
            if (AtEnd)
            {
                throw Error("a '[' without its ']'");
            }

            if (Next == ']' && !first)
            {
                position++;
                break;
            }

            if (pattern.AsSpan(position).StartsWith("[:"))
            {
                throw Error(@"a POSIX class [:name:]; \p{Name} is there");
            }

            if (pattern.AsSpan(position).StartsWith("&&"))
            {
                position += 2;
                intersection = Both(intersection, Union(members));
                members = [];
                continue;
            }

            if (Next == '[')
            {
                members.Add(Class(ignoreCase));
                continue;
            }

            members.Add(RangeOrMember());
        }

        depth--;
        Func<int, bool> whole = Folded(Both(intersection, Union(members)), ignoreCase);
        return negated ? codePoint => !whole(codePoint) : whole;
    }

    private Func<int, bool> RangeOrMember()
    {
        (Func<int, bool> contains, int? from) = ClassCharacter();
        bool isRange = from is not null && position + 1 < pattern.Length && Next == '-' && pattern[position + 1] is not (']' or '[') && !pattern.AsSpan(position + 1).StartsWith("&&");
        if (!isRange)
        {
            return contains;
        }

        position++;
        int to = ClassCharacter().Character ?? throw Error("a range that ends in a class");
        return from > to ? throw Error("a range that ends before it begins") : codePoint => codePoint >= from && codePoint <= to;
    }

    private (Func<int, bool> Contains, int? Character) ClassCharacter()
    {
        if (Next == '\\')
        {
            return pattern.AsSpan(position).StartsWith(@"\b") ? throw Error(@"\b in a class") : Escape(inClass: true);
        }

        int character = TakeCodePoint();
        return (codePoint => codePoint == character, character);
    }

    private static Func<int, bool> Union(List<Func<int, bool>> members)
    {
        Func<int, bool>[] all = [.. members];
        return all is [var only] ? only : codePoint =>
        {
            foreach (Func<int, bool> member in all)
            {
                if (member(codePoint))
                {
                    return true;
                }
            }

            return false;
        };
    }

    private static Func<int, bool> Both(Func<int, bool>? left, Func<int, bool> right) => left is null ? right : codePoint => left(codePoint) && right(codePoint);

    /// <summary>With case ignored, a class holds every code point of which it has another case (simple folding).</summary>
    private static Func<int, bool> Folded(Func<int, bool> contains, bool ignoreCase) => !ignoreCase ? contains : codePoint =>
    {
        if (contains(codePoint))
        {
            return true;
        }

        Rune rune = Rune.IsValid(codePoint) ? new Rune(codePoint) : Rune.ReplacementChar;
        Rune upper = rune.Value == LongS ? new Rune('S') : Rune.ToUpperInvariant(rune);
        Rune lower = Rune.ToLowerInvariant(upper == rune ? rune : upper);
        return contains(upper.Value) || contains(lower.Value) || contains(Rune.ToUpperInvariant(lower).Value)
            || (lower.Value == 's' && contains(LongS)) || (lower.Value == 'k' && contains(KelvinSign));
    };

    private int TakeCodePoint()
    {
        Rune.DecodeFromUtf16(pattern.AsSpan(position), out Rune rune, out int length);
        position += length;
        return rune.Value;
    }

    private bool Take(char expected)
    {
        bool found = !AtEnd && Next == expected;
        position += found ? 1 : 0;
        return found;
    }

    private FormatException Error(string what) => new($"the pattern '{pattern}' has {what}, at character {Math.Min(position, pattern.Length)}");
}
