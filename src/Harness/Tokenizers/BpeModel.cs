using System.Collections.Concurrent;
using System.Text;

namespace CircuitSpecs.Tokenizers;

/// <summary>What a byte-pair vocabulary does with a word; the names are those of <c>tokenizer.json</c>.</summary>
internal sealed record BpeOptions
{
    /// <summary>Whether words are bytes, spelled as <see cref="ByteSpelling"/> has it.</summary>
    public bool Bytes { get; init; }

    /// <summary>Whether a character without a token becomes the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> of its bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a word that is a token as a whole is that token, whatever the merges make of it.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Stands for a character without a token; without it such a character is dropped.</summary>
    public int? Unknown { get; init; }

    /// <summary>Whether unknown characters in a row are one unknown token.</summary>
    public bool FuseUnknown { get; init; }
}

/// <summary>One word in tokens, with their places in code points of the word.</summary>
internal sealed record EncodedWord(int[] Ids, int[] Starts, int[] Ends, int CodePoints);

/// <summary>Byte-pair encoding of single words, remembering the words it has seen. Safe to use from several threads.</summary>
internal sealed class BpeModel
{
    private const int MostRemembered = 1 << 17;
    private const int LongestRemembered = 64;

    private readonly BpeOptions options;
    private readonly MergeTable merges;
    private readonly int?[] byteTokens = new int?[256];
    private readonly bool hasAllFallbacks;
    private readonly ConcurrentDictionary<string, EncodedWord> words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EncodedWord>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private int remembered;

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        Vocabulary = vocabulary;
        this.merges = merges;
        this.options = options;
        lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        hasAllFallbacks = options.ByteFallback;
        for (int value = 0; value < 256; value++)
        {
            string spelling = options.Bytes ? ByteSpelling.CharacterOf((byte)value).ToString() : FallbackSpelling((byte)value);
            byteTokens[value] = vocabulary.Ids.TryGetValue(spelling, out int id) ? id : null;
            hasAllFallbacks &= byteTokens[value] is not null;
        }
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>Bytes that no token spells: they are dropped, or become the unknown token.</summary>
    public IEnumerable<byte> MissingBytes => Enumerable.Range(0, 256).Where(value => options.Bytes && byteTokens[value] is null).Select(value => (byte)value);

    /// <summary>How sentencepiece vocabularies spell a byte.</summary>
    public static string FallbackSpelling(byte value) => $"<0x{value:X2}>";

    /// <summary>Encodes a word.</summary>
    public EncodedWord Encode(ReadOnlySpan<char> word)
    {
        if (word.Length > LongestRemembered)
        {
            return EncodeAnew(word);
        }

        if (lookup.TryGetValue(word, out EncodedWord? known))
        {
            return known;
        }

        EncodedWord encoded = EncodeAnew(word);
        if (remembered < MostRemembered && lookup.TryAdd(word, encoded))
        {
            Interlocked.Increment(ref remembered);
        }

        return encoded;
    }

    /// <summary>Bytes that need not be UTF-8, as one word.</summary>
    public int[] Encode(ReadOnlySpan<byte> bytes)
    {
        var symbols = new Symbols(bytes.Length);
        foreach (byte value in bytes)
        {
            Add(symbols, byteTokens[value], 1);
        }

        Finish(symbols);
        int count = PairMerging.Merge(symbols.Ids.AsSpan(0, symbols.Count), symbols.Lengths.AsSpan(0, symbols.Count), merges);
        return symbols.Ids[..count];
    }

    private EncodedWord EncodeAnew(ReadOnlySpan<char> word)
    {
        if (options.IgnoreMerges && TryWhole(word, out int whole))
        {
            int length = CodePoints.Count(word);
            return new EncodedWord([whole], [0], [length], length);
        }

        // Lengths are bytes of the word as the vocabulary spells it, and codePoints says whose they are. A character that
        // is dropped takes no token's place, so that what follows moves up: that is where Hugging Face's offsets put it.
        var symbols = new Symbols(3 * word.Length);
        int[] codePoints = new int[(options.Bytes ? 6 : 3) * word.Length];
        int units = 0;
        int codePoint = 0;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in word.EnumerateRunes())
        {
            int from = units;
            ReadOnlySpan<byte> bytes = utf8[..rune.EncodeToUtf8(utf8)];
            if (options.Bytes)
            {
                foreach (byte value in bytes)
                {
                    int length = ByteSpelling.CharacterOf(value) < 0x80 ? 1 : 2;
                    units += length;
                    Add(symbols, byteTokens[value], length);
                }
            }
            else
            {
                units += bytes.Length;
                AddCharacter(symbols, rune, bytes);
            }

            codePoints.AsSpan(from..units).Fill(codePoint++);
        }

        Finish(symbols);
        int count = PairMerging.Merge(symbols.Ids.AsSpan(0, symbols.Count), symbols.Lengths.AsSpan(0, symbols.Count), merges);
        int[] starts = new int[count];
        int[] ends = new int[count];
        int unit = 0;
        for (int index = 0; index < count; index++)
        {
            starts[index] = codePoints[unit];
            unit += symbols.Lengths[index];
            ends[index] = codePoints[unit - 1] + 1;
        }

        return new EncodedWord(symbols.Ids[..count], starts, ends, codePoint);
    }

    private bool TryWhole(ReadOnlySpan<char> word, out int id)
    {
        if (!options.Bytes)
        {
            return Vocabulary.Ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out id);
        }

        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(word.Length)];
        int count = Encoding.UTF8.GetBytes(word, bytes);
        return Vocabulary.Ids.TryGetValue(string.Concat(bytes.Take(count).Select(ByteSpelling.CharacterOf)), out id);
    }

    private void AddCharacter(Symbols symbols, Rune rune, ReadOnlySpan<byte> bytes)
    {
        Span<char> units = stackalloc char[2];
        if (Vocabulary.Ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(units[..rune.EncodeToUtf16(units)], out int id))
        {
            Add(symbols, id, bytes.Length);
        }
        else if (hasAllFallbacks)
        {
            foreach (byte value in bytes)
            {
                symbols.Add(byteTokens[value]!.Value, 1);
            }
        }
        else
        {
            Add(symbols, null, bytes.Length);
        }
    }

    /// <summary>Adds a symbol, or what stands for an unknown one.</summary>
    private void Add(Symbols symbols, int? id, int length)
    {
        if (id is { } known)
        {
            Finish(symbols);
            symbols.Add(known, length);
        }
        else if (options.Unknown is not null)
        {
            if (!options.FuseUnknown)
            {
                Finish(symbols);
            }

            symbols.UnknownLength += length;
        }
    }

    private void Finish(Symbols symbols)
    {
        if (symbols.UnknownLength > 0)
        {
            symbols.Add(options.Unknown!.Value, symbols.UnknownLength);
            symbols.UnknownLength = 0;
        }
    }

    private sealed class Symbols(int capacity)
    {
        public readonly int[] Ids = new int[capacity];
        public readonly int[] Lengths = new int[capacity];
        public int Count;
        public int UnknownLength;

        public void Add(int id, int length)
        {
            Ids[Count] = id;
            Lengths[Count++] = length;
        }
    }
}
