using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts.English;

/// <summary>Which vocabularies families in English are for.</summary>
internal static class EnglishText
{
    /// <summary>Draws from the words that fit the vocabulary: the organisms' for a word-level one, English otherwise.</summary>
    public static Drawn DrawBy(Tokenizer tokenizer, SeededRandom random, Func<Tokenizer, SeededRandom, Drawn> organism, Func<Tokenizer, SeededRandom, Drawn> english) =>
        tokenizer is WordLevelTokenizer ? organism(tokenizer, random) : english(Checked(tokenizer), random);

    /// <summary>The tokenizer, if English text can be cut by it.</summary>
    /// <exception cref="ArgumentException">The vocabulary is that of the model organisms or of a dialogue model.</exception>
    public static Tokenizer Checked(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer switch
        {
            WordLevelTokenizer => throw new ArgumentException("These prompts are English text, and a WordLevelTokenizer knows the words of the model organisms only; PromptFamilies.All says by Serves which families it can have.", nameof(tokenizer)),
            DialogueTokenizer => throw new ArgumentException($"These prompts are plain text, and a DialogueTokenizer has tags for questions and replies; {nameof(TopicCopying)} is for it.", nameof(tokenizer)),
            _ => tokenizer,
        };
    }
}
