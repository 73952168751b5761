using System.Globalization;
using System.Text;

namespace CircuitSpecs.Tokenizers.Patterns;

/// <summary>The named classes of code points that patterns use, as Oniguruma defines them for Unicode.</summary>
internal static class CodePointClass
{
    private static readonly Dictionary<string, Func<int, bool>> Named = Names();

    /// <summary>Names that <see cref="TryByName"/> knows, for messages.</summary>
    public const string Supported = @"general categories (\p{L}, \p{Lu}, \p{Letter} …), Any, Assigned, Digit, Space, Word, Han";

    /// <summary>Unicode White_Space.</summary>
    public static bool IsSpace(int codePoint) => Rune.IsWhiteSpace(RuneOf(codePoint));

    /// <summary>Decimal digits of any script.</summary>
    public static bool IsDigit(int codePoint) => Category(codePoint) == UnicodeCategory.DecimalDigitNumber;

    /// <summary>Numbers of any kind: category N.</summary>
    public static bool IsNumber(int codePoint) => Category(codePoint) is >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber;

    /// <summary>Punctuation: category P, and the ASCII symbols.</summary>
    public static bool IsPunctuation(int codePoint) =>
        Category(codePoint) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation || (codePoint < 128 && "$+<=>^`|~".Contains((char)codePoint, StringComparison.Ordinal));

    /// <summary>What <c>\w</c> stands for in a class: letters, marks, digits, letter numbers, connectors and circled letters.</summary>
    public static bool IsAlphanumeric(int codePoint) => Category(codePoint) is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation || IsCircledLetter(codePoint);

    /// <summary>What <c>\w</c> stands for outside a class, where Oniguruma has a table of its own for Latin-1 and takes its numbers too (found by asking it for every code point).</summary>
    public static bool IsWord(int codePoint) => IsAlphanumeric(codePoint) || codePoint is 0xB2 or 0xB3 or 0xB9 or 0xBC or 0xBD or 0xBE;

    /// <summary><c>\w</c> as Unicode Technical Standard 18 has it, and with it the parts of the tokenizers library that do not use Oniguruma: with the two joiners.</summary>
    public static bool IsStandardWord(int codePoint) => IsAlphanumeric(codePoint) || codePoint is 0x200C or 0x200D;

    /// <summary>The class of a name in <c>\p{…}</c>; spaces, underscores, hyphens and case do not count.</summary>
    public static bool TryByName(string name, out Func<int, bool> contains) =>
        Named.TryGetValue(Plain(name), out contains!);

    private static UnicodeCategory Category(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);

    private static Rune RuneOf(int codePoint) => Rune.IsValid(codePoint) ? new Rune(codePoint) : Rune.ReplacementChar;

    private static bool IsCircledLetter(int codePoint) => codePoint is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private static Dictionary<string, Func<int, bool>> Names()
    {
        // In the order of UnicodeCategory.
        string[] categories =
        [
            "Lu:Uppercase_Letter", "Ll:Lowercase_Letter", "Lt:Titlecase_Letter", "Lm:Modifier_Letter", "Lo:Other_Letter",
            "Mn:Nonspacing_Mark", "Mc:Spacing_Mark", "Me:Enclosing_Mark", "Nd:Decimal_Number", "Nl:Letter_Number", "No:Other_Number",
            "Zs:Space_Separator", "Zl:Line_Separator", "Zp:Paragraph_Separator", "Cc:Control", "Cf:Format", "Cs:Surrogate", "Co:Private_Use",
            "Pc:Connector_Punctuation", "Pd:Dash_Punctuation", "Ps:Open_Punctuation", "Pe:Close_Punctuation", "Pi:Initial_Punctuation", "Pf:Final_Punctuation", "Po:Other_Punctuation",
            "Sm:Math_Symbol", "Sc:Currency_Symbol", "Sk:Modifier_Symbol", "So:Other_Symbol", "Cn:Unassigned",
        ];
        string[] groups = ["L:Letter", "M:Mark", "N:Number", "Z:Separator", "C:Other", "P:Punctuation", "S:Symbol"];
        var names = new Dictionary<string, Func<int, bool>>(StringComparer.Ordinal)
        {
            ["any"] = _ => true,
            ["assigned"] = codePoint => Category(codePoint) != UnicodeCategory.OtherNotAssigned,
            ["digit"] = IsDigit,
            ["space"] = IsSpace,
            ["whitespace"] = IsSpace,
            ["word"] = IsAlphanumeric,
            ["standardword"] = IsStandardWord,
            ["han"] = IsHan,
        };
        for (int index = 0; index < categories.Length; index++)
        {
            var category = (UnicodeCategory)index;
            Add(categories[index], codePoint => Category(codePoint) == category);
        }

        foreach (string group in groups)
        {
            bool[] members = [.. categories.Select(category => category[0] == group[0])];
            Add(group, codePoint => members[(int)Category(codePoint)]);
        }

        return names;

        void Add(string both, Func<int, bool> contains)
        {
            foreach (string name in both.Split(':'))
            {
                names.Add(Plain(name), contains);
            }
        }
    }

    /// <summary>Script=Han (Unicode 15.1, Scripts.txt).</summary>
    private static bool IsHan(int codePoint) => codePoint is >= 0x2E80 and <= 0x2E99 or >= 0x2E9B and <= 0x2EF3 or >= 0x2F00 and <= 0x2FD5
        or 0x3005 or 0x3007 or >= 0x3021 and <= 0x3029 or >= 0x3038 and <= 0x303B or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF
        or >= 0xF900 and <= 0xFA6D or >= 0xFA70 and <= 0xFAD9 or 0x16FE2 or 0x16FE3 or 0x16FF0 or 0x16FF1 or >= 0x20000 and <= 0x2A6DF
        or >= 0x2A700 and <= 0x2B739 or >= 0x2B740 and <= 0x2B81D or >= 0x2B820 and <= 0x2CEA1 or >= 0x2CEB0 and <= 0x2EBE0
        or >= 0x2EBF0 and <= 0x2EE5D or >= 0x2F800 and <= 0x2FA1D or >= 0x30000 and <= 0x3134A or >= 0x31350 and <= 0x323AF;
}
