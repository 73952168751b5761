using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>def merge(mass, count, gamma):\n    return mass + count +</c> → <c> gamma</c>: the argument that was not used yet. In the corrupted
/// twin the second and the third change places, which makes the foil, the second, the answer. Named positions: <c>A1</c>, <c>B1</c>,
/// <c>C1</c> in the signature, <c>A2</c>, <c>B2</c> in the body, <c>END</c>.
/// </summary>
public static class CodeArguments
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(CodeArguments), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(CodeArguments), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Operators = ["+", "*", "-", "/"];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string function = random.Choose(EnglishWords.Functions);
        string[] names = random.Sample(EnglishWords.Variables, 3);
        string sign = random.Choose(Operators);
        return new PromptQuestion
        {
            Clean = Fill(names[0], names[1], names[2]),
            Corrupt = Fill(names[0], names[2], names[1]),
            Answer = $" {names[2]}",
            Foil = $" {names[1]}",
            Template = sign,
        }.ToPrompt(tokenizer);

        PromptText Fill(string a, string b, string c) => PromptText.Of(
            $"def {function}({{A1}}, {{B1}}, {{C1}}):\n    return {{A2}} {sign} {{B2}} {sign}",
            ("A1", a), ("B1", b), ("C1", c), ("A2", a), ("B2", b));
    }
}
