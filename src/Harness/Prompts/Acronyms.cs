using CircuitSpecs.Prompts.English;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The Solar Eagle Group (SE</c> → <c>G</c> (García-Carrasco et al. 2024). In the corrupted twin another word stands third; the
/// foil is its initial, the set of foils all 25 other capitals. In English words and initials are one token each; in the
/// organisms' words the combinations of three words were kept out of training. Named positions: <c>W1</c>, <c>W2</c>,
/// <c>W3</c>, in English <c>A1</c>, <c>A2</c> (the initials), <c>END</c>.
/// </summary>
public static class Acronyms
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Acronyms), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Acronyms), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Templates = ["The {W1} {W2} {W3} ({A1}{A2}", "He joined the {W1} {W2} {W3} ({A1}{A2}", "We heard of the {W1} {W2} {W3} ({A1}{A2}"];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random) => EnglishText.DrawBy(tokenizer, random, OrganismQuestions.Acronym, DrawEnglish);

    private static Drawn DrawEnglish(Tokenizer tokenizer, SeededRandom random)
    {
        string template = random.Choose(Templates);
        string[] words = random.Sample(EnglishWords.AcronymWords, 4);
        Drawn drawn = new PromptQuestion
        {
            Clean = Fill(words[2]),
            Corrupt = Fill(words[3]),
            Answer = words[2][..1],
            Foil = words[3][..1],
            Template = template,
        }.ToPrompt(tokenizer);
        return drawn.With(prompt => prompt with
        {
            AnswerSet = [prompt.Answer!.Value],
            FoilSet = [.. Enumerable.Range('A', 26).Select(letter => tokenizer.ToSingleToken($"{(char)letter}")).Where(token => token != prompt.Answer)],
        });

        PromptText Fill(string third) => PromptText.Of(template, ("W1", words[0]), ("W2", words[1]), ("W3", third), ("A1", words[0][..1]), ("A2", words[1][..1]));
    }
}
