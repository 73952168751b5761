using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>To do:\n1. Make the bed\n2. Buy some milk\n3. Call the doctor\n</c> → <c>4</c>: three to five lines. The foil is the last
/// number; in the corrupted twin all numbers are one less, which makes it the answer. Named positions: <c>N1</c>, <c>N2</c> … (the numbers),
/// <c>END</c> (the line break). A template is a heading with a number of lines.
/// </summary>
public static class NumberedLines
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(NumberedLines), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(NumberedLines), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Headings = ["", "To do:\n", "My list for today:\n", "Things that we still have to do:\n"];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string heading = random.Choose(Headings);
        int lines = 3 + random.Next(3);
        string[] chores = random.Sample(EnglishWords.Chores, lines);
        int first = 1 + random.Next(4);
        return new PromptQuestion
        {
            Clean = Fill(first),
            Corrupt = Fill(first - 1),
            Answer = EnglishWords.Number(first + lines),
            Foil = EnglishWords.Number(first + lines - 1),
            Template = $"{heading.TrimEnd()} {lines} lines",
        }.ToPrompt(tokenizer);

        PromptText Fill(int number)
        {
            PromptText text = PromptText.Of(heading);
            for (int line = 0; line < lines; line++)
            {
                text = text.Then($"{{N{line + 1}}}. {chores[line]}\n", ($"N{line + 1}", EnglishWords.Number(number + line)));
            }

            return text;
        }
    }
}
