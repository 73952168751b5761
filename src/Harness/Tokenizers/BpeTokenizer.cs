using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using CircuitSpecs.Tokenizers.Decoders;
using CircuitSpecs.Tokenizers.Normalizers;
using CircuitSpecs.Tokenizers.PreTokenizers;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// Byte-pair encoding: over bytes, as GPT-2 has it (Radford et al. 2019) and with it GPT-NeoX, Llama 3, Qwen and SmolLM2, or over
/// characters with bytes to fall back on, as sentencepiece has it (Llama 2, Mistral). Read from <c>tokenizer.json</c>, from
/// <c>vocab.json</c> and <c>merges.txt</c>, or from the lists in a GGUF file. Special tokens written in a text become those
/// tokens; none is ever added. Offsets are not trimmed: the space before a word belongs to the word. Safe to use from
/// several threads.
/// </summary>
public sealed class BpeTokenizer : Tokenizer
{
    private readonly BpeModel model;
    private readonly Normalizer? normalizer;
    private readonly ImmutableArray<PreTokenizer> preTokenizers;
    private readonly bool rewrites;
    private readonly TokenDecoder? decoder;
    private readonly FrozenDictionary<int, AddedToken> added;
    private readonly AddedTokenFinder? inText;
    private readonly AddedTokenFinder? inNormalizedText;

    internal BpeTokenizer(BpeTokenizerParts parts)
    {
        model = parts.Model;
        normalizer = parts.Normalizer;
        preTokenizers = parts.PreTokenizers;
        rewrites = preTokenizers.Any(step => step.Rewrites);
        decoder = parts.Decoder;
        added = parts.Added.ToFrozenDictionary(token => token.Id);
        inText = FinderOf(parts.Added.Where(token => !token.IsNormalized), token => token.Content);
        inNormalizedText = FinderOf(parts.Added.Where(token => token.IsNormalized), Normalized);
        BosToken = parts.BosToken;
        EosToken = parts.EosToken;
        VocabularySize = parts.Added.Select(token => token.Id + 1).Append(model.Vocabulary.Size).Max();
        SpecialTokens = [.. parts.Added.Where(token => token.IsSpecial).Select(token => token.Id).Concat(BosToken is { } bos ? [bos] : []).Concat(EosToken is { } eos ? [eos] : []).Distinct().Order()];
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int? BosToken { get; }

    /// <inheritdoc/>
    public override int? EosToken { get; }

    /// <inheritdoc/>
    public override ImmutableArray<int> SpecialTokens { get; }

    /// <summary>Byte values without a token of their own. They are dropped from a text, or become the unknown token where there is one.</summary>
    public ImmutableArray<byte> MissingBytes => [.. model.MissingBytes];

    /// <summary>Reads <c>tokenizer.json</c>, or else <c>vocab.json</c> and <c>merges.txt</c>; <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> beside them say which token is BOS.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <exception cref="FileNotFoundException">One of them is missing.</exception>
    /// <exception cref="InvalidDataException">One of them is malformed, asks for something unsupported, or they do not fit each other; the message names file and place.</exception>
    public static BpeTokenizer Load(string folder)
    {
        string json = Path.Combine(folder, TokenizerFolder.TokenizerFile);
        return File.Exists(json) ? TokenizerJson.Read(json) : VocabularyAndMerges.Read(folder);
    }

    /// <summary>Makes the tokenizer of a GGUF file.</summary>
    /// <param name="vocabulary">What the file's metadata say.</param>
    /// <exception cref="InvalidDataException">The lists do not fit each other, or the kind is not supported; the message names the file and the key.</exception>
    public static BpeTokenizer FromGguf(GgufVocabulary vocabulary) => GgufTokenizer.Make(vocabulary);

    /// <inheritdoc/>
    public override ImmutableArray<EncodedToken> Encode(string text) => Encode(text, takesSpecialLiterally: false);

    /// <summary>Encodes text with special tokens taken literally: <c>&lt;|endoftext|&gt;</c> becomes the seven tokens of its characters.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="TokenizationException">A pattern of the tokenizer cannot cope with the text.</exception>
    public ImmutableArray<EncodedToken> EncodeAsPlainText(string text) => Encode(text, takesSpecialLiterally: true);

    /// <summary>Encodes bytes that need not be UTF-8: what is text as <see cref="EncodeAsPlainText"/> does, each stretch of other bytes by itself.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <exception cref="InvalidOperationException">The vocabulary is not byte-level.</exception>
    public ImmutableArray<int> EncodeBytes(ReadOnlySpan<byte> bytes)
    {
        if (!DecodesBytes)
        {
            throw new InvalidOperationException($"'{model.Vocabulary.Path}' is no byte-level vocabulary: only such a one has tokens for bytes that are no text.");
        }

        var ids = ImmutableArray.CreateBuilder<int>();
        while (!bytes.IsEmpty)
        {
            int end = 0;
            bool isText = Rune.DecodeFromUtf8(bytes, out _, out int length) == OperationStatus.Done;
            do
            {
                end += length;
            }
            while (end < bytes.Length && (Rune.DecodeFromUtf8(bytes[end..], out _, out length) == OperationStatus.Done) == isText);

            if (isText)
            {
                ids.AddRange(EncodeAsPlainText(Encoding.UTF8.GetString(bytes[..end])).Select(token => token.Id));
            }
            else
            {
                ids.AddRange(model.Encode(bytes[..end]));
            }

            bytes = bytes[end..];
        }

        return ids.DrainToImmutable();
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        if (DecodesBytes)
        {
            return Encoding.UTF8.GetString(BytesOf(ids).WrittenSpan);
        }

        ArgumentNullException.ThrowIfNull(ids);
        List<string> spellings = [.. ids.Select(TokenSpelling)];
        return decoder is null ? string.Join(' ', spellings) : string.Concat(decoder.Apply(spellings));
    }

    /// <summary>The bytes that tokens stand for, which need not be UTF-8 where a token is part of a character.</summary>
    /// <param name="ids">Token ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id lies outside the vocabulary.</exception>
    public byte[] DecodeToBytes(IEnumerable<int> ids) => DecodesBytes ? BytesOf(ids).WrittenSpan.ToArray() : Encoding.UTF8.GetBytes(Decode(ids));

    /// <summary>A token as the vocabulary spells it: byte-level ones have each byte as one visible character, a space as <c>Ġ</c>.</summary>
    /// <param name="id">The token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id lies outside the vocabulary.</exception>
    public string TokenSpelling(int id) => added.TryGetValue(id, out AddedToken? token) ? token.Content : model.Vocabulary.SpellingOf(id);

    private bool DecodesBytes => decoder is ByteLevelDecoder;

    private AddedTokenFinder? FinderOf(IEnumerable<AddedToken> tokens, Func<AddedToken, string> textOf)
    {
        var byText = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (AddedToken token in tokens)
        {
            if (!byText.TryAdd(textOf(token), token))
            {
                throw new InvalidDataException($"'{model.Vocabulary.Path}': the added tokens {byText[textOf(token)].Id} and {token.Id} are both written {Vocabulary.Quote(textOf(token))}.");
            }
        }

        return byText.Count == 0 ? null : new AddedTokenFinder(byText);
    }

    private string Normalized(AddedToken token) =>
        normalizer is null || normalizer.LeavesAlone(token.Content) ? token.Content : normalizer.Apply(AlignedText.Unchanged(token.Content, 0)).Text;

    private ArrayBufferWriter<byte> BytesOf(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (int id in ids)
        {
            if (added.TryGetValue(id, out AddedToken? token))
            {
                Encoding.UTF8.GetBytes(token.Content, bytes);
            }
            else
            {
                ByteLevelDecoder.Write(model.Vocabulary.SpellingOf(id), bytes);
            }
        }

        return bytes;
    }

    private ImmutableArray<EncodedToken> Encode(string text, bool takesSpecialLiterally)
    {
        ArgumentNullException.ThrowIfNull(text);
        var run = new Run(this, text, takesSpecialLiterally);
        if (inText is null)
        {
            run.EncodePart(0, text.Length);
        }
        else
        {
            foreach (AddedTokenFinder.Part part in inText.Split(text, takesSpecialLiterally))
            {
                if (part.Token is { } token)
                {
                    run.Add(token, part.Start, part.End);
                }
                else
                {
                    run.EncodePart(part.Start, part.End);
                }
            }
        }

        return run.Tokens.DrainToImmutable();
    }

    /// <summary>The encoding of one text, from left to right.</summary>
    private sealed class Run
    {
        private readonly BpeTokenizer tokenizer;
        private readonly string text;
        private readonly bool takesSpecialLiterally;
        private readonly PieceReceiver pieces;
        private int position;
        private int codePoint; // of position

        public Run(BpeTokenizer tokenizer, string text, bool takesSpecialLiterally)
        {
            this.tokenizer = tokenizer;
            this.text = text;
            this.takesSpecialLiterally = takesSpecialLiterally;
            pieces = new PieceReceiver(tokenizer.preTokenizers, 0, EncodePiece);
            Tokens = ImmutableArray.CreateBuilder<EncodedToken>(text.Length / 4 + 4);
        }

        public ImmutableArray<EncodedToken>.Builder Tokens { get; }

        /// <summary>Adds a token that stands in the text.</summary>
        public void Add(AddedToken token, int start, int end)
        {
            MoveTo(start);
            int from = codePoint;
            MoveTo(end);
            Tokens.Add(new EncodedToken(token.Id, from, codePoint));
        }

        /// <summary>Normalises what lies between added tokens, looks for those that are meant normalised, and encodes the rest.</summary>
        public void EncodePart(int start, int end)
        {
            ReadOnlySpan<char> part = text.AsSpan(start..end);
            MoveTo(start);
            bool changes = tokenizer.normalizer is { } normalizer && !normalizer.LeavesAlone(part);
            if (!changes && !tokenizer.rewrites)
            {
                SplitNormalized(new Piece(text, start, end, null));
                return;
            }

            var origin = AlignedText.Unchanged(text[start..end], codePoint);
            AlignedText normalized = changes ? tokenizer.normalizer!.Apply(origin) : origin;
            SplitNormalized(new Piece(normalized.Text, 0, normalized.Text.Length, normalized));
        }

        private void SplitNormalized(in Piece whole)
        {
            if (tokenizer.inNormalizedText is not { } finder)
            {
                pieces.Take(whole);
                return;
            }

            foreach (AddedTokenFinder.Part part in finder.Split(whole.Span, takesSpecialLiterally))
            {
                int start = whole.Start + part.Start;
                int end = whole.Start + part.End;
                if (part.Token is not { } token)
                {
                    pieces.Take(whole with { Start = start, End = end });
                }
                else if (whole.Origin is { } origin)
                {
                    Tokens.Add(new EncodedToken(token.Id, origin.Starts[start], origin.Ends[end - 1]));
                }
                else
                {
                    Add(token, start, end);
                }
            }
        }

        private void EncodePiece(Piece piece)
        {
            EncodedWord word = tokenizer.model.Encode(piece.Span);
            if (piece.Origin is { } origin)
            {
                AddAligned(word, piece, origin);
                return;
            }

            MoveTo(piece.Start);
            for (int index = 0; index < word.Ids.Length; index++)
            {
                Tokens.Add(new EncodedToken(word.Ids[index], codePoint + word.Starts[index], codePoint + word.Ends[index]));
            }

            position = piece.End;
            codePoint += word.CodePoints;
        }

        private void AddAligned(EncodedWord word, in Piece piece, AlignedText origin)
        {
            // Of each code point of the piece, where its first unit stands in the normalised text.
            int[] units = new int[word.CodePoints];
            int unit = piece.Start;
            for (int index = 0; index < units.Length; index++)
            {
                units[index] = unit;
                unit += CodePoints.LengthAt(piece.Text, unit);
            }

            for (int index = 0; index < word.Ids.Length; index++)
            {
                Tokens.Add(new EncodedToken(word.Ids[index], origin.Starts[units[word.Starts[index]]], origin.Ends[units[word.Ends[index] - 1]]));
            }
        }

        private void MoveTo(int next)
        {
            codePoint += next >= position ? CodePoints.Count(text.AsSpan(position..next)) : -CodePoints.Count(text.AsSpan(next..position));
            position = next;
        }
    }
}
