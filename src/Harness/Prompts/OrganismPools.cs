using System.Collections.Immutable;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// Classes of tokens of the model organisms to draw random repeats from: the 296 words whose repeats they were trained
/// on, and classes whose repeats they never saw.
/// </summary>
public static class OrganismPools
{
    /// <summary>Names, places, objects, nouns, adjectives, verbs, acronym words, cities and surnames: repeated in training.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <exception cref="TokenizationException">Another model's tokenizer.</exception>
    public static ImmutableArray<int> Trained(Tokenizer tokenizer) => Ids(tokenizer, OrganismWords.Pool);

    /// <summary>A to Z and a to z: never repeated in training. The letters I and a are also words; they are left out.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <exception cref="TokenizationException">Another model's tokenizer.</exception>
    public static ImmutableArray<int> Letters(Tokenizer tokenizer) => Ids(tokenizer, [.. OrganismWords.CapitalLetters.Remove("I"), .. OrganismWords.SmallLetters.Remove("a")]);

    /// <summary>0 to 99: never repeated in training.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <exception cref="TokenizationException">Another model's tokenizer.</exception>
    public static ImmutableArray<int> Numbers(Tokenizer tokenizer) => Ids(tokenizer, OrganismWords.Numbers);

    /// <summary>Plural and French nouns: never repeated in training.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <exception cref="TokenizationException">Another model's tokenizer.</exception>
    public static ImmutableArray<int> PluralsAndFrench(Tokenizer tokenizer) => Ids(tokenizer, [.. OrganismWords.Plurals, .. OrganismWords.French]);

    /// <summary>The 80 first names.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <exception cref="TokenizationException">Another model's tokenizer.</exception>
    public static ImmutableArray<int> Names(Tokenizer tokenizer) => Ids(tokenizer, OrganismWords.Names);

    /// <summary>The trained pool for an organism; for any other model its whole vocabulary without special tokens.</summary>
    /// <param name="tokenizer">Any tokenizer.</param>
    public static ImmutableArray<int> DefaultOf(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer is WordLevelTokenizer words && OrganismWords.Pool.All(words.Contains)
            ? Trained(tokenizer)
            : [.. Enumerable.Range(0, tokenizer.VocabularySize).Except(tokenizer.SpecialTokens)];
    }

    private static ImmutableArray<int> Ids(Tokenizer tokenizer, ImmutableArray<string> words)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return [.. words.Select(tokenizer.ToSingleToken)];
    }
}
