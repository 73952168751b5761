using System.Collections.Immutable;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// A vocabulary of whole words, as the model organisms have: tokens are separated by single spaces, a line break is
/// a token of its own (<c>"1 . cat \n 2 ."</c>), and there is nothing for words outside the vocabulary. BOS is the
/// word <c>&lt;bos&gt;</c>; it can also be written in a text.
/// </summary>
public sealed class WordLevelTokenizer : Tokenizer
{
    internal const string Bos = "<bos>";

    private readonly Vocabulary vocabulary;

    internal WordLevelTokenizer(Vocabulary vocabulary)
    {
        this.vocabulary = vocabulary;
        BosToken = vocabulary.Ids[Bos];
    }

    /// <inheritdoc/>
    public override int VocabularySize => vocabulary.Size;

    /// <inheritdoc/>
    public override int? BosToken { get; }

    /// <summary>Reads <c>vocab.json</c>.</summary>
    /// <param name="folder">Where the file is.</param>
    /// <exception cref="FileNotFoundException">It is missing.</exception>
    /// <exception cref="InvalidDataException">It is malformed or has no <c>&lt;bos&gt;</c>.</exception>
    public static WordLevelTokenizer Load(string folder)
    {
        Vocabulary vocabulary = Vocabulary.Read(Path.Combine(folder, TokenizerFolder.VocabularyFile));
        return Knows(vocabulary) ? new WordLevelTokenizer(vocabulary) : throw new InvalidDataException($"'{vocabulary.Path}' has no token '{Bos}', which a word-level vocabulary needs.");
    }

    /// <summary>A vocabulary of words in order of their ids, <c>&lt;bos&gt;</c> among them.</summary>
    /// <param name="source">Where they are from, for messages.</param>
    /// <param name="words">Different words without spaces.</param>
    internal static WordLevelTokenizer Of(string source, IReadOnlyList<string> words)
    {
        var builder = new Vocabulary.Builder(source, words.Count);
        for (int id = 0; id < words.Count; id++)
        {
            if (!builder.Add(words[id], id))
            {
                throw new InvalidDataException($"{source}: {builder.Complaint}.");
            }
        }

        return new WordLevelTokenizer(builder.Build());
    }

    /// <summary>Whether a word is in the vocabulary.</summary>
    /// <param name="word">One word, without spaces.</param>
    public bool Contains(string word) => vocabulary.Ids.ContainsKey(word);

    /// <inheritdoc/>
    public override ImmutableArray<EncodedToken> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return [];
        }

        var tokens = ImmutableArray.CreateBuilder<EncodedToken>();
        int start = 0;
        foreach (string word in text.Split(' '))
        {
            int end = start + word.EnumerateRunes().Count();
            tokens.Add(new EncodedToken(IdOf(word, start, text), start, end));
            start = end + 1;
        }

        return tokens.DrainToImmutable();
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return string.Join(' ', ids.Select(vocabulary.SpellingOf));
    }

    internal static bool Knows(Vocabulary vocabulary) => vocabulary.Ids.ContainsKey(Bos);

    private int IdOf(string word, int start, string text)
    {
        if (word.Length == 0)
        {
            throw new TokenizationException($"No word at character {start} of '{text}': the tokens of this vocabulary are separated by single spaces, with none at the ends.");
        }

        return vocabulary.Ids.TryGetValue(word, out int id)
            ? id
            : throw new TokenizationException($"The vocabulary '{vocabulary.Path}' has no word '{word}' (at character {start} of '{text}'). Nearest: {string.Join(", ", NearestWords.To(word, vocabulary.Ids.Keys, 3).Select(near => $"'{near}'"))}.");
    }
}
