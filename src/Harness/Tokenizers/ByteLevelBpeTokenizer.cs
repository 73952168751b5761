using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// Byte-level byte-pair encoding as in GPT-2 (Radford et al. 2019), from <c>vocab.json</c> and <c>merges.txt</c>. Every
/// text can be encoded, and decodes to itself. The only special token is <c>&lt;|endoftext|&gt;</c>, which is also BOS.
/// Safe to use from several threads.
/// </summary>
public sealed class ByteLevelBpeTokenizer : Tokenizer
{
    private const string EndOfText = "<|endoftext|>";
    private const int CachedWords = 65_536;
    private const int CachedWordBytes = 64;

    private readonly Vocabulary vocabulary;
    private readonly MergeTable merges;
    private readonly ImmutableArray<int> byteTokens;
    private readonly FrozenDictionary<int, byte[]> specialBytes;
    private readonly ConcurrentDictionary<string, ImmutableArray<int>> words = new(StringComparer.Ordinal);

    private ByteLevelBpeTokenizer(Vocabulary vocabulary, MergeTable merges, IReadOnlySet<string> special)
    {
        this.vocabulary = vocabulary;
        this.merges = merges;
        BosToken = vocabulary.Ids.TryGetValue(EndOfText, out int bos) ? bos : null;
        specialBytes = special.Where(vocabulary.Ids.ContainsKey).ToFrozenDictionary(text => vocabulary.Ids[text], Encoding.UTF8.GetBytes);
        byteTokens = [.. Enumerable.Range(0, 256).Select(value => vocabulary.Ids.TryGetValue(ByteSpelling.CharacterOf((byte)value).ToString(), out int id)
            ? id
            : throw new InvalidDataException($"'{vocabulary.Path}' has no token '{ByteSpelling.CharacterOf((byte)value)}' for the byte 0x{value:X2}: texts with it could not be encoded."))];
        foreach ((string spelling, int id) in vocabulary.Ids)
        {
            if (!special.Contains(spelling) && spelling.FirstOrDefault(character => !ByteSpelling.TryGetByte(character, out _)) is not '\0' and var stranger)
            {
                throw new InvalidDataException($"'{vocabulary.Path}': the token '{spelling}' (id {id}) holds '{stranger}' (U+{(int)stranger:X4}), which spells no byte.");
            }
        }
    }

    /// <inheritdoc/>
    public override int VocabularySize => vocabulary.Size;

    /// <inheritdoc/>
    public override int? BosToken { get; }

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <param name="folder">Where both files are.</param>
    /// <exception cref="FileNotFoundException">One of them is missing.</exception>
    /// <exception cref="InvalidDataException">One of them is malformed, or they do not fit each other; the message names file, line and token.</exception>
    public static ByteLevelBpeTokenizer Load(string folder)
    {
        var special = new HashSet<string>(StringComparer.Ordinal) { EndOfText };
        Vocabulary vocabulary = Vocabulary.Read(Path.Combine(folder, TokenizerFolder.VocabularyFile));
        MergeTable merges = MergeTable.Read(Path.Combine(folder, TokenizerFolder.MergesFile), vocabulary, special);
        return new ByteLevelBpeTokenizer(vocabulary, merges, special);
    }

    /// <inheritdoc/>
    public override ImmutableArray<EncodedToken> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = ImmutableArray.CreateBuilder<EncodedToken>();
        int codePoint = 0;
        int start = 0;
        while (BosToken is { } endOfText && text.IndexOf(EndOfText, start, StringComparison.Ordinal) is >= 0 and var found)
        {
            codePoint = EncodePiece(text.AsSpan(start..found), codePoint, tokens);
            tokens.Add(new EncodedToken(endOfText, codePoint, codePoint + EndOfText.Length));
            codePoint += EndOfText.Length;
            start = found + EndOfText.Length;
        }

        EncodePiece(text.AsSpan(start), codePoint, tokens);
        return tokens.DrainToImmutable();
    }

    /// <summary>Encodes text with special tokens taken literally: <c>&lt;|endoftext|&gt;</c> becomes the seven tokens of its characters.</summary>
    /// <param name="text">Any text.</param>
    public ImmutableArray<EncodedToken> EncodeAsPlainText(string text)
    {
        var tokens = ImmutableArray.CreateBuilder<EncodedToken>();
        EncodePiece(text, 0, tokens);
        return tokens.DrainToImmutable();
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Encoding.UTF8.GetString([.. ids.SelectMany(BytesOf)]);
    }

    /// <summary>A token as <c>vocab.json</c> spells it: each byte as one visible character, a space as <c>Ġ</c>.</summary>
    /// <param name="id">The token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id lies outside the vocabulary.</exception>
    public string ByteLevelSpelling(int id) => vocabulary.SpellingOf(id);

    private int EncodePiece(ReadOnlySpan<char> text, int codePoint, ImmutableArray<EncodedToken>.Builder tokens)
    {
        var runes = new List<Rune>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            runes.Add(rune);
        }

        int start = 0;
        foreach (int end in Gpt2Words.Ends(runes))
        {
            EncodeWord(runes, start, end, codePoint, tokens);
            start = end;
        }

        return codePoint + runes.Count;
    }

    private void EncodeWord(List<Rune> runes, int start, int end, int codePoint, ImmutableArray<EncodedToken>.Builder tokens)
    {
        var bytes = new List<byte>();
        var runeOfByte = new List<int>();
        Span<byte> utf8 = stackalloc byte[4];
        for (int rune = start; rune < end; rune++)
        {
            int length = runes[rune].EncodeToUtf8(utf8);
            bytes.AddRange(utf8[..length]);
            runeOfByte.AddRange(Enumerable.Repeat(rune, length));
        }

        int begin = 0;
        foreach (int id in IdsOfWord(bytes))
        {
            int next = begin + vocabulary.SpellingOf(id).Length; // one character a byte
            tokens.Add(new EncodedToken(id, codePoint + runeOfByte[begin], codePoint + runeOfByte[next - 1] + 1));
            begin = next;
        }
    }

    private ImmutableArray<int> IdsOfWord(List<byte> bytes)
    {
        string word = string.Create(bytes.Count, bytes, static (characters, source) =>
        {
            for (int index = 0; index < characters.Length; index++)
            {
                characters[index] = (char)source[index];
            }
        });
        if (words.TryGetValue(word, out ImmutableArray<int> known))
        {
            return known;
        }

        ImmutableArray<int> ids = [.. PairMerging.Merge([.. bytes.Select(value => byteTokens[value])], merges)];
        if (bytes.Count <= CachedWordBytes && words.Count < CachedWords)
        {
            words.TryAdd(word, ids);
        }

        return ids;
    }

    private IEnumerable<byte> BytesOf(int id) => specialBytes.TryGetValue(id, out byte[]? bytes) ? bytes : vocabulary.SpellingOf(id).Select(character =>
        ByteSpelling.TryGetByte(character, out byte value) ? value : throw new InvalidOperationException($"'{character}' spells no byte."));
}
