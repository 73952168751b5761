using System.Collections.Immutable;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts.Organism;

/// <summary>A text under construction in a word-level vocabulary: which words are answers, and which positions have names.</summary>
internal sealed class Document
{
    private readonly List<string> words = [];
    private readonly List<int> answers = [];
    private readonly SortedDictionary<string, int> names = new(StringComparer.Ordinal);

    public int Count => words.Count;

    public string Text => string.Join(' ', words);

    /// <summary>Positions whose next token is an answer, counting BOS as position 0: so the index of the answering word.</summary>
    public IReadOnlyList<int> Answers => answers;

    /// <summary>Appends words.</summary>
    /// <param name="text">Separated by single spaces.</param>
    public Document Say(string text)
    {
        words.AddRange(text.Split(' '));
        return this;
    }

    /// <summary>Appends one word that a rule of the grammar determines.</summary>
    public Document Answer(string word)
    {
        answers.Add(words.Count);
        return Say(word);
    }

    /// <summary>Appends one word and gives its position a name.</summary>
    public Document Name(string position, string word)
    {
        names.Add(position, words.Count + 1);
        return Say(word);
    }

    /// <summary>The whole document with its answers scored.</summary>
    public Prompt ToPrompt(Tokenizer tokenizer, string template) => new()
    {
        Tokens = TokensOf(tokenizer, Text),
        Text = Text,
        ScoredPositions = [.. answers],
        Template = template,
    };

    /// <summary>The document as a question whose answer is the next word.</summary>
    public Prompt ToQuestion(Tokenizer tokenizer, string template, string answer, string foil, Document? corrupt) => new()
    {
        Tokens = TokensOf(tokenizer, Text),
        Text = Text,
        Answer = tokenizer.ToSingleToken(answer),
        Foil = tokenizer.ToSingleToken(foil),
        Corrupt = corrupt is null ? null : TokensOf(tokenizer, corrupt.Text),
        Positions = names.ToImmutableSortedDictionary(StringComparer.Ordinal).Add("END", words.Count),
        Template = template,
    };

    public static ImmutableArray<int> TokensOf(Tokenizer tokenizer, string text) => tokenizer is WordLevelTokenizer
        ? tokenizer.ToTokens(text, prependBos: true)
        : throw new ArgumentException($"These prompts are written in the words of the model organisms, one token each; a {tokenizer.GetType().Name} would cut them differently.", nameof(tokenizer));
}
