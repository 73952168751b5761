using System.Runtime.CompilerServices;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts.English;

/// <summary>How a vocabulary cuts a year of four digits, seen from its third digit, by which years of a century differ.</summary>
/// <param name="From">The first digit of the token that holds the third one.</param>
/// <param name="To">Behind its last digit.</param>
/// <param name="HoldsSpace">Whether that token also holds the space before the year.</param>
internal readonly record struct YearCut(int From, int To, bool HoldsSpace)
{
    private const string Before = "In the year";

    private static readonly ConditionalWeakTable<Tokenizer, object> Usual = [];

    /// <summary>How one year is cut behind a space.</summary>
    public static YearCut Of(Tokenizer tokenizer, int year)
    {
        int digits = Before.Length + 1;
        EncodedToken token = tokenizer.Encode($"{Before} {EnglishWords.Number(year)}").Last(token => token.Start <= digits + 2);
        return new YearCut(Math.Max(0, token.Start - digits), token.End - digits, token.Start < digits);
    }

    /// <summary>How most years from 1102 to 1798 are cut.</summary>
    public static YearCut UsualIn(Tokenizer tokenizer) => (YearCut)Usual.GetValue(tokenizer, static tokenizer =>
        Enumerable.Range(0, 100).Select(index => Of(tokenizer, 1102 + (7 * index))).GroupBy(cut => cut).MaxBy(group => group.Count())!.Key);

    /// <summary>What stands between "the year" and the compared number: a space and the digits that all years of the century share.</summary>
    public string Given(int century) => HoldsSpace ? "" : $" {EnglishWords.Number(100 * century)[..From]}";

    /// <summary>The compared part of a year, with its space where that belongs to it.</summary>
    public string Compared(int year) => (HoldsSpace ? " " : "") + EnglishWords.Number(year)[From..To];
}
