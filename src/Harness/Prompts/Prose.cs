using CircuitSpecs.Prompts.English;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// Text to take losses over, cut at a fixed number of tokens. In English: paragraphs written for this repository, from the beginning of
/// a sentence on, and where one ends another. In the organisms' words: sentences out of the thirteen templates of their prose. No
/// position is scored on its own: a loss is over all next tokens, of which only few are certain.
/// </summary>
public static class Prose
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">The model's tokenizer; an organism's gives the organisms' prose.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="length">Tokens of a prompt with BOS, if there is one; the organisms' training documents had up to about 70.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The vocabulary is a dialogue model's.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int length = 40, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Prose), seed, count, random => Draw(tokenizer, length, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">The model's tokenizer; an organism's gives the organisms' prose.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="length">Tokens of a prompt with BOS, if there is one.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The vocabulary is a dialogue model's.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int length = 40, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Prose), seed, count, random => Draw(tokenizer, length, random));

    private static Drawn Draw(Tokenizer tokenizer, int length, SeededRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        return EnglishText.DrawBy(tokenizer, random, (words, draws) => DrawOrganism(words, length, draws), (words, draws) => DrawEnglish(words, length, draws));
    }

    private static Drawn DrawOrganism(Tokenizer tokenizer, int length, SeededRandom random)
    {
        var document = new Document();
        while (document.Count < length - 1)
        {
            ProseSentences.Append(document, random);
        }

        string text = string.Join(' ', document.Text.Split(' ')[..(length - 1)]);
        return new Prompt { Tokens = Document.TokensOf(tokenizer, text), Text = text };
    }

    private static Drawn DrawEnglish(Tokenizer tokenizer, int length, SeededRandom random)
    {
        List<int> tokens = tokenizer.BosToken is { } bos ? [bos] : [];
        int first = tokens.Count;
        string text = "";
        do
        {
            string[] sentences = random.Choose(EnglishWords.Paragraphs).Split(". ");
            text += (text.Length == 0 ? "" : "\n\n") + string.Join(". ", sentences[random.Next(sentences.Length)..]);
            tokens.RemoveRange(first, tokens.Count - first);
            tokens.AddRange(tokenizer.ToTokens(text, prependBos: false));
        }
        while (tokens.Count < length);

        return new Prompt { Tokens = [.. tokens[..length]], Text = tokenizer.Decode(tokens[first..length]) };
    }
}
