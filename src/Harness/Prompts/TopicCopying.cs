using System.Collections.Immutable;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// Questions about a thing, and the beginning of a reply that goes on with that thing, for the tinychat models:
/// <c>do you like the river?</c> → <c>yes, the</c> <b>river</b>, and <c>what do you think about the river?</c> →
/// <c>i think the</c> <b>river</b>. In the corrupted twin another thing is asked about; it is the foil. Things come from a
/// list of plain nouns; those that are not one token are dropped and counted. Named positions: <c>OBJECT</c>, <c>END</c>.
/// </summary>
public static class TopicCopying
{
    private static readonly (string Question, string Reply)[] Templates =
    [
        ("do you like the X?", "yes, the"),
        ("what do you think about the X?", "i think the"),
    ];

    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">The tokenizer of a tinychat model.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is none of a dialogue model.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(TopicCopying), seed, count, random => Draw(tokenizer, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">The tokenizer of a tinychat model.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="ArgumentException">The tokenizer is none of a dialogue model.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(TopicCopying), seed, count, random => Draw(tokenizer, random));

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        DialogueTokenizer dialogue = tokenizer as DialogueTokenizer
            ?? throw new ArgumentException($"These are questions and replies of a dialogue model; a {tokenizer?.GetType().Name ?? "null"} has no tags for them.", nameof(tokenizer));
        (string question, string reply) = random.Choose(Templates);
        string[] things = random.Sample(WordList.Named("dialogue/nouns"), 2);
        if (things.Any(thing => dialogue.ToTokens(thing, prependBos: false).Length != 1))
        {
            return "the thing is not one token";
        }

        ImmutableArray<int> clean = Ask(things[0]);
        int answer = dialogue.ToSingleToken(things[0]);
        int position = clean.IndexOf(answer);
        if (position < 0)
        {
            return "the thing is another token inside the question";
        }

        return new Prompt
        {
            Tokens = clean,
            Text = dialogue.Decode(clean),
            Answer = answer,
            Foil = dialogue.ToSingleToken(things[1]),
            Corrupt = Ask(things[1]),
            Positions = ImmutableSortedDictionary<string, int>.Empty.Add("OBJECT", position).Add("END", clean.Length - 1),
            Template = $"{question} {reply}",
        };

        ImmutableArray<int> Ask(string thing) => dialogue.ToPrompt(question.Replace("X", thing, StringComparison.Ordinal), reply);
    }
}
