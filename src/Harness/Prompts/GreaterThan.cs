using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;
using System.Collections.Immutable;
using static CircuitSpecs.Prompts.Organism.OrganismWords;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The war lasted from the year 17 32 to the year 17</c> → any number above 32 (Hanna et al. 2023) in the organisms'
/// words, century and year being tokens of their own, with combinations that were kept out of training. All numbers above
/// the year are the set of answers, all up to it, from 0 on, the set of foils; answer and foil are one of each, drawn at
/// random. In the corrupted twin the year is 10, the earliest of training. Named positions: <c>YY</c>, <c>END</c>.
/// </summary>
public static class GreaterThan
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(GreaterThan), seed, count, random => Draw(tokenizer, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(GreaterThan), seed, count, random => Draw(tokenizer, random));

    private const int EarliestYear = 10;

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        string what = random.Choose(Events);
        int century;
        int year;
        do
        {
            century = 11 + random.Next(9);
            year = EarliestYear + random.Next(88);
        }
        while (!IsHeldOut(century, year));

        int later = year + 1 + random.Next(99 - year);
        int earlier = random.Next(year + 1);
        Prompt question = Sentence(year).ToQuestion(tokenizer, "The EVENT lasted from the year XX YY to the year XX", Number(later), Number(earlier), Sentence(EarliestYear));
        ImmutableArray<int> numbers = OrganismPools.Numbers(tokenizer);
        return question with { AnswerSet = numbers[(year + 1)..], FoilSet = numbers[..(year + 1)] };

        Document Sentence(int start) => new Document()
            .Say($"The {what} lasted from the year {Number(century)}").Name("YY", Number(start))
            .Say($"to the year {Number(century)}");
    }
}
