using System.Collections.Immutable;
using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// A Python function with three parameters whose docstring has described two: <c>… :param height: green river\n    :param state: old song\n
/// :param</c> → the third (Heimersheim and Janiak 2023). In the corrupted twin the third parameter is another one; it is the foil, and
/// with the two others the set of foils. Named positions: <c>A1</c>, <c>B1</c>, <c>C1</c> in the signature, <c>A2</c>, <c>B2</c> in the docstring,
/// <c>END</c>.
/// </summary>
public static class Docstrings
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Docstrings), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Docstrings), seed, count, random => Draw(tokenizer, random));

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string function = random.Choose(EnglishWords.Functions);
        string[] names = random.Sample(EnglishWords.Variables, 4);
        string[] adjectives = random.Sample(EnglishWords.Adjectives, 3);
        ImmutableArray<string>[] nouns = random.Sample(EnglishWords.Nouns, 3);
        return new PromptQuestion
        {
            Clean = Fill(names[2]),
            Corrupt = Fill(names[3]),
            Answer = $" {names[2]}",
            Foil = $" {names[3]}",
            Template = "docstring",
        }.ToPrompt(tokenizer).With(prompt => prompt with
        {
            AnswerSet = [prompt.Answer!.Value],
            FoilSet = [prompt.Foil!.Value, prompt.Tokens[prompt.Positions["A2"]], prompt.Tokens[prompt.Positions["B2"]]],
        });

        PromptText Fill(string third) => PromptText.Of(
            $"def {function}(self, {{A1}}, {{B1}}, {{C1}}):\n    \"\"\"{Phrase(0)}\n\n    :param {{A2}}: {Phrase(1)}\n    :param {{B2}}: {Phrase(2)}\n    :param",
            ("A1", names[0]), ("B1", names[1]), ("C1", third), ("A2", names[0]), ("B2", names[1]));

        string Phrase(int index) => $"{adjectives[index]} {nouns[index][0]}";
    }
}
