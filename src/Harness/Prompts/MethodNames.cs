using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>items = []\nfor i in range(10):\n    items.</c> → <c>append</c>, for <c>{}</c> <c>update</c>, and with <c>list()</c>, <c>dict()</c>
/// and <c>set()</c>, whose method is <c>add</c>. In the corrupted twin the variable has another type; the foil is that type's method. Named
/// positions: <c>VARIABLE</c>, <c>TYPE</c>, <c>END</c> (the full stop).
/// </summary>
public static class MethodNames
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 32, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(MethodNames), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 32, int seed = 2) =>
        PromptGenerator.Discovery(nameof(MethodNames), seed, count, random => Draw(tokenizer, random));

    private static readonly (string Value, string Method)[] Literals = [("[]", "append"), ("{}", "update")];

    private static readonly (string Value, string Method)[] Constructors = [("list", "append"), ("dict", "update"), ("set", "add")];

    private static readonly string[] Middles = ["\n", "\nfor i in range(10):\n    ", "\nwhile True:\n    ", "\nif size > 0:\n    ", "\n\ndef collect(text):\n    "];

    private static readonly string[] Variables = ["items", "out", "result", "data", "values", "cache", "seen", "found", "x", "names", "words", "config"];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        bool isLiteral = random.Next(2) == 0;
        (string Value, string Method)[] types = random.Sample(isLiteral ? Literals : Constructors, 2);
        string variable = random.Choose(Variables);
        string middle = random.Choose(Middles);
        return new PromptQuestion
        {
            Clean = Fill(types[0].Value),
            Corrupt = Fill(types[1].Value),
            Answer = types[0].Method,
            Foil = types[1].Method,
            Template = $"{(isLiteral ? "literal" : "constructor")} {middle}",
        }.ToPrompt(tokenizer);

        PromptText Fill(string value) => PromptText.Of($"{{VARIABLE}} = {{TYPE}}{(isLiteral ? "" : "()")}{middle}{variable}.", ("VARIABLE", variable), ("TYPE", value));
    }
}
