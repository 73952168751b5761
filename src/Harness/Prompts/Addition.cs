using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>48 + 10 =</c> → <c> 58</c>, behind as many sums as are asked for; all numbers and results have two digits. In the corrupted twin
/// the second number is another one; the foil is that sum. Where digits are tokens of their own, answer and foil are the first digits in
/// which the two sums differ, and a tens digit that both share stands in the prompt. Models differ in which spelling they can do: with
/// or without spaces. Named positions: <c>A_FIRST</c>, <c>A_LAST</c>, <c>B_FIRST</c>, <c>B_LAST</c>, <c>END</c>.
/// </summary>
public static class Addition
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="examples">Sums before the question.</param>
    /// <param name="isSpaced">Whether spaces stand around the signs.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, int examples = 3, bool isSpaced = true) =>
        PromptGenerator.Evaluation(Family(examples, isSpaced), seed, count, random => Draw(tokenizer, examples, isSpaced, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="examples">Sums before the question.</param>
    /// <param name="isSpaced">Whether spaces stand around the signs.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, int examples = 3, bool isSpaced = true) =>
        PromptGenerator.Discovery(Family(examples, isSpaced), seed, count, random => Draw(tokenizer, examples, isSpaced, random));

    internal static string Family(int examples, bool isSpaced) => (examples, isSpaced) == (3, true) ? nameof(Addition) : $"{nameof(Addition)} ({examples} examples{(isSpaced ? "" : ", no spaces")})";

    private static Drawn Draw(Tokenizer tokenizer, int examples, bool isSpaced, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        (string plus, string equal, string space) = isSpaced ? (" + ", " =", " ") : ("+", "=", "");
        string before = "";
        for (int example = 0; example < examples; example++)
        {
            (int first, int second) = Terms();
            before += $"{first}{plus}{second}{equal}{space}{first + second}\n";
        }

        (int a, int b) = Terms();
        int other = 10 + random.Next(90 - a);
        return other == b ? PromptGenerator.AnswerEqualsFoil : new PromptQuestion
        {
            Clean = Fill(b),
            Corrupt = Fill(other),
            Answer = $"{space}{a + b}",
            Foil = $"{space}{a + other}",
            AsksFirstDifference = true,
            Template = isSpaced ? "a + b =" : "a+b=",
        }.ToPrompt(tokenizer);

        (int A, int B) Terms()
        {
            int first = 10 + random.Next(80);
            return (first, 10 + random.Next(90 - first));
        }

        PromptText Fill(int second) => PromptText.Of(before).Then($"{{A*}}{plus}{{B*}}{equal}", ("A", EnglishWords.Number(a)), ("B", EnglishWords.Number(second)));
    }
}
