using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// Sentences out of the thirteen templates of the organisms' prose, one after the other and cut at a fixed number of
/// tokens. No position is scored on its own: a loss is over all next tokens, of which only few are certain.
/// </summary>
public static class Prose
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="length">Tokens of a prompt with BOS; training documents had two to five sentences, up to about 70 tokens.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int length = 40, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(Prose), seed, count, random => Draw(tokenizer, length, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">An organism's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="length">Tokens of a prompt with BOS.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is not word-level.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int length = 40, int seed = 2) =>
        PromptGenerator.Discovery(nameof(Prose), seed, count, random => Draw(tokenizer, length, random));

    private static Drawn Draw(Tokenizer tokenizer, int length, SeededRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var document = new Document();
        while (document.Count < length - 1)
        {
            ProseSentences.Append(document, random);
        }

        string text = string.Join(' ', document.Text.Split(' ')[..(length - 1)]);
        return new Prompt { Tokens = Document.TokensOf(tokenizer, text), Text = text };
    }
}
