using CircuitSpecs.Prompts.English;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The war lasted from the year 1732 to the year 17</c> → any year above 32 (Hanna et al. 2023). How much of the second year is
/// given, and what is compared, depends on how the vocabulary cuts a year. Where it is cut in two halves, as by GPT-2, the last two
/// digits: <c>AnswerSet</c> are all numbers above the year, <c>FoilSet</c> all up to it. Where digits stand alone, as in SmolLM2, Qwen 2
/// and Llama 2, the third digit: answers are above that of the year, foils below it. Where three digits are one token, as in Llama 3,
/// these three, and nothing is given. A number that stands for years on both sides is in neither set. Answer and foil are one of
/// each, drawn at random. Years that are cut unlike most others are dropped and counted. In the corrupted twin the year ends in
/// 01. In the organisms' words the year is two tokens, the combinations were kept out of training, and the twin has 10, the earliest of
/// training. Named positions: <c>YY</c> (the token of the year that is compared), <c>END</c>.
/// </summary>
public static class GreaterThan
{
    private const int YearOfTwin = 1;

    private static readonly string[] Templates =
    [
        "The EVENT lasted from the year YEAR to the year",
        "The EVENT began in the year YEAR and ended in the year",
        "The EVENT went on from the year YEAR until the year",
    ];

    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(GreaterThan), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(GreaterThan), seed, count, random => Draw(tokenizer, random));

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random) => EnglishText.DrawBy(tokenizer, random, OrganismQuestions.LaterYear, DrawEnglish);

    private static Drawn DrawEnglish(Tokenizer tokenizer, SeededRandom random)
    {
        string what = random.Choose(EnglishWords.Events);
        string template = random.Choose(Templates);
        int century = 11 + random.Next(7);
        int year = YearOfTwin + 1 + random.Next(97);
        YearCut cut = YearCut.Of(tokenizer, (100 * century) + year);
        if (cut != YearCut.UsualIn(tokenizer))
        {
            return "the year is cut unlike most years";
        }

        string[] later = [.. Enumerable.Range(year + 1, 99 - year).Select(end => cut.Compared((100 * century) + end)).Distinct()];
        string[] earlier = [.. Enumerable.Range(0, year + 1).Select(end => cut.Compared((100 * century) + end)).Distinct()];
        string[] answers = [.. later.Except(earlier)];
        string[] foils = [.. earlier.Except(later)];
        if (answers.Length == 0 || foils.Length == 0)
        {
            return "no number stands for later years alone, or none for earlier ones";
        }

        return new PromptQuestion
        {
            Clean = Fill(year),
            Corrupt = Fill(YearOfTwin),
            Answer = random.Choose(answers),
            Foil = random.Choose(foils),
            Template = template,
        }.ToPrompt(tokenizer).With(prompt => prompt with
        {
            AnswerSet = [.. answers.Select(tokenizer.ToSingleToken)],
            FoilSet = [.. foils.Select(tokenizer.ToSingleToken)],
        });

        PromptText Fill(int start)
        {
            string digits = EnglishWords.Number((100 * century) + start);
            string marked = $"{digits[..cut.From]}{{YY}}{digits[cut.To..]}";
            return PromptText.Of(template.Replace("EVENT", what, StringComparison.Ordinal).Replace("YEAR", marked, StringComparison.Ordinal) + cut.Given(century), ("YY", digits[cut.From..cut.To]));
        }
    }
}
