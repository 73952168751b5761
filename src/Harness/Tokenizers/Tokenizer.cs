using System.Collections.Immutable;

namespace CircuitSpecs.Tokenizers;

/// <summary>Turns text into token ids and back. Never adds a token on its own: BOS is always asked for.</summary>
public abstract class Tokenizer
{
    /// <summary>Number of token ids.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The beginning-of-sequence token, where the vocabulary has one.</summary>
    public abstract int? BosToken { get; }

    /// <summary>The token that ends a text, where the vocabulary has one.</summary>
    public virtual int? EosToken => null;

    /// <summary>Tokens that stand for no text: BOS and the like. Random prompts leave them out.</summary>
    public virtual ImmutableArray<int> SpecialTokens => BosToken is { } bos ? [bos] : [];

    /// <summary>
    /// The same vocabulary with another token in front of prompts, or none. What a model wants there is not always what its file calls BOS: a chat model's is
    /// the tag that opens a message, while texts began with <c>&lt;|endoftext|&gt;</c> in training.
    /// </summary>
    /// <param name="token">The token's id; null for prompts that begin with their text.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id lies outside the vocabulary.</exception>
    /// <exception cref="NotSupportedException">The vocabulary is a word-level or dialogue one, whose prompts have a fixed form.</exception>
    public Tokenizer WithBos(int? token)
    {
        if (token is { } id && (id < 0 || id >= VocabularySize))
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"The vocabulary has ids 0 to {VocabularySize - 1}.");
        }

        return this switch
        {
            WordLevelTokenizer or DialogueTokenizer => throw new NotSupportedException($"Prompts of a {GetType().Name} have a form that the model was trained on; BOS is part of it."),
            OtherBosTokenizer other => other.Inner.WithBos(token),
            _ => token == BosToken ? this : new OtherBosTokenizer(this, token),
        };
    }

    /// <summary>Encodes text as it stands; special tokens written in the text become those tokens.</summary>
    /// <param name="text">Any text; the empty string gives no token.</param>
    /// <exception cref="TokenizationException">The text holds something this vocabulary cannot express.</exception>
    public abstract ImmutableArray<EncodedToken> Encode(string text);

    /// <summary>Joins tokens to text; the inverse of <see cref="Encode"/> wherever it can be inverted.</summary>
    /// <param name="ids">Token ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id lies outside the vocabulary.</exception>
    public abstract string Decode(IEnumerable<int> ids);

    /// <summary>Token ids of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prependBos">Whether to put the BOS token in front.</param>
    /// <exception cref="TokenizationException">BOS was asked for and the text already begins with it (a double BOS), or the vocabulary has none.</exception>
    public ImmutableArray<int> ToTokens(string text, bool prependBos)
    {
        ImmutableArray<int> ids = [.. Encode(text).Select(token => token.Id)];
        if (!prependBos)
        {
            return ids;
        }

        int bos = BosToken ?? throw new TokenizationException("This vocabulary has no BOS token; call ToTokens with prependBos: false.");
        return ids is [var first, ..] && first == bos
            ? throw new TokenizationException($"Double BOS: the text already begins with token {bos} ('{TokenText(bos)}'). Leave it out of the text, or call with prependBos: false.")
            : [bos, .. ids];
    }

    /// <summary>The tokens of a text, each as readable text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prependBos">Whether to put the BOS token in front.</param>
    public ImmutableArray<string> ToStringTokens(string text, bool prependBos) => [.. ToTokens(text, prependBos).Select(TokenText)];

    /// <summary>The one token of a text.</summary>
    /// <param name="text">For example <c>" Mary"</c>: in byte-level vocabularies the space belongs to the word.</param>
    /// <exception cref="TokenizationException">The text is not exactly one token; the message lists its tokens.</exception>
    public int ToSingleToken(string text)
    {
        ImmutableArray<EncodedToken> tokens = Encode(text);
        return tokens is [var only]
            ? only.Id
            : throw new TokenizationException($"'{text}' is {tokens.Length} tokens, not one: [{string.Join(", ", tokens.Select(token => $"'{TokenText(token.Id)}'"))}].");
    }

    /// <summary>One token as readable text (bytes that are no whole character show as U+FFFD).</summary>
    /// <param name="id">The token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id lies outside the vocabulary.</exception>
    public string TokenText(int id) => Decode([id]);
}
