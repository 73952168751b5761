using System.Collections.Immutable;
using CircuitSpecs.Tokenizers.Decoders;
using CircuitSpecs.Tokenizers.Normalizers;
using CircuitSpecs.Tokenizers.Patterns;
using CircuitSpecs.Tokenizers.PreTokenizers;

namespace CircuitSpecs.Tokenizers;

/// <summary>Makes a tokenizer of the lists in a GGUF file.</summary>
internal static class GgufTokenizer
{
    private const string Metaspace = "▁";
    private const int LongestPiece = 1_000; // sentencepiece's own limit is 16 unless it is told otherwise

    private enum TokenType
    {
        Undefined,
        Normal,
        Unknown,
        Control,
        UserDefined,
        Unused,
        Byte,
    }

    /// <summary>Makes the tokenizer.</summary>
    /// <exception cref="InvalidDataException">The lists do not fit each other, or the kind is not supported; the message names the file and the key.</exception>
    public static BpeTokenizer Make(GgufVocabulary gguf)
    {
        Vocabulary vocabulary = VocabularyOf(gguf);
        CheckLength(gguf, gguf.TokenTypes?.Count, "token_type");
        CheckLength(gguf, gguf.Scores?.Count, "scores");
        var parts = gguf.Model switch
        {
            "gpt2" => ByteLevel(gguf, vocabulary),
            "llama" => Sentencepiece(gguf, vocabulary),
            _ => throw Error(gguf, "model", $"found '{gguf.Model}'; supported are gpt2 (byte-level BPE) and llama (sentencepiece BPE)"),
        };
        return new BpeTokenizer(parts with { Added = Added(gguf), BosToken = TokenOf(gguf, gguf.BosToken, "bos_token_id"), EosToken = TokenOf(gguf, gguf.EosToken, "eos_token_id") });
    }

    private static BpeTokenizerParts ByteLevel(GgufVocabulary gguf, Vocabulary vocabulary)
    {
        (ImmutableArray<PreTokenizer> steps, bool ignoreMerges) = GgufPreTokenizers.For(gguf.Pre, gguf.AddSpacePrefix ?? false, gguf.File);
        IReadOnlyList<string> lines = gguf.Merges ?? throw Error(gguf, "merges", "it is missing, and a gpt2 vocabulary needs it");
        var merges = new MergeTable();
        for (int index = 0; index < lines.Count; index++)
        {
            string where = $"'{gguf.File}', tokenizer.ggml.merges[{index}]";
            string[] both = lines[index].Split(' ');
            if (both.Length != 2)
            {
                throw new InvalidDataException($"{where}: expected two tokens separated by one space, found '{lines[index]}'.");
            }

            merges.Add(both[0], both[1], vocabulary, where);
        }

        return new BpeTokenizerParts
        {
            Model = new BpeModel(vocabulary, merges, new BpeOptions { Bytes = true, IgnoreMerges = ignoreMerges }),
            PreTokenizers = steps,
            Decoder = new ByteLevelDecoder(),
        };
    }

    private static BpeTokenizerParts Sentencepiece(GgufVocabulary gguf, Vocabulary vocabulary)
    {
        IReadOnlyList<float> scores = gguf.Scores ?? throw Error(gguf, "scores", "it is missing, and a llama vocabulary needs it");
        bool prefix = gguf.AddSpacePrefix ?? true;
        var spaces = new ReplaceNormalizer(new UnicodePattern(" "), Metaspace);
        return new BpeTokenizerParts
        {
            Model = new BpeModel(vocabulary, MergesByScore(gguf, vocabulary, scores), new BpeOptions { ByteFallback = true, FuseUnknown = true, Unknown = TokenOf(gguf, gguf.UnknownToken, "unknown_token_id") }),
            Normalizer = prefix ? new NormalizerSequence([new PrependNormalizer(Metaspace), spaces]) : spaces,
            PreTokenizers = [],
            Decoder = new DecoderSequence([new ReplaceDecoder(new UnicodePattern(Metaspace), " "), new ByteFallbackDecoder(), new FuseDecoder(), new StripDecoder(' ', prefix ? 1 : 0, 0)]),
        };
    }

    /// <summary>Sentencepiece joins the neighbours that make the piece with the best score: every way of cutting a piece in two is a merge of its rank.</summary>
    private static MergeTable MergesByScore(GgufVocabulary gguf, Vocabulary vocabulary, IReadOnlyList<float> scores)
    {
        var merges = new MergeTable();
        List<int> pieces = [.. Enumerable.Range(0, gguf.Tokens.Count).Where(id => TypeOf(gguf, id) is TokenType.Normal or TokenType.Undefined && CodePoints.Count(gguf.Tokens[id]) > 1)];
        foreach (int id in pieces)
        {
            if (!float.IsFinite(scores[id]))
            {
                throw Error(gguf, $"scores[{id}]", $"found {scores[id]}, expected a number");
            }

            if (gguf.Tokens[id].Length > LongestPiece)
            {
                throw Error(gguf, $"tokens[{id}]", $"it is {gguf.Tokens[id].Length} characters long; supported are {LongestPiece}");
            }
        }

        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids = vocabulary.Ids.GetAlternateLookup<ReadOnlySpan<char>>();
        int rank = -1;
        float? last = null;
        foreach (int id in pieces.OrderByDescending(id => scores[id]))
        {
            rank += scores[id] == last ? 0 : 1;
            last = scores[id];
            string piece = gguf.Tokens[id];
            for (int cut = CodePoints.LengthAt(piece, 0); cut < piece.Length; cut += CodePoints.LengthAt(piece, cut))
            {
                if (ids.TryGetValue(piece.AsSpan(..cut), out int left) && ids.TryGetValue(piece.AsSpan(cut..), out int right))
                {
                    merges.Add(left, right, rank, id);
                }
            }
        }

        return merges;
    }

    private static ImmutableArray<AddedToken> Added(GgufVocabulary gguf)
    {
        var added = ImmutableArray.CreateBuilder<AddedToken>();
        for (int id = 0; id < gguf.Tokens.Count; id++)
        {
            if (TypeOf(gguf, id) is (TokenType.Control or TokenType.UserDefined or TokenType.Unknown) and var type && gguf.Tokens[id].Length > 0)
            {
                added.Add(new AddedToken(id, gguf.Tokens[id], SingleWord: false, StripsLeft: false, StripsRight: false, IsNormalized: false, IsSpecial: type != TokenType.UserDefined));
            }
        }

        return added.ToImmutable();
    }

    private static TokenType TypeOf(GgufVocabulary gguf, int id)
    {
        int type = gguf.TokenTypes?[id] ?? (int)TokenType.Normal;
        return type is >= (int)TokenType.Undefined and <= (int)TokenType.Byte ? (TokenType)type : throw Error(gguf, $"token_type[{id}]", $"found {type}, expected 0 to 6");
    }

    private static Vocabulary VocabularyOf(GgufVocabulary gguf)
    {
        var builder = new Vocabulary.Builder(gguf.File, gguf.Tokens.Count);
        for (int id = 0; id < gguf.Tokens.Count; id++)
        {
            if (!builder.Add(gguf.Tokens[id], id))
            {
                throw Error(gguf, $"tokens[{id}]", builder.Complaint!);
            }
        }

        return builder.Count > 0 ? builder.Build() : throw Error(gguf, "tokens", "it holds no token");
    }

    private static int? TokenOf(GgufVocabulary gguf, long? id, string key) => id is null or (>= 0 and <= int.MaxValue) && id.GetValueOrDefault() < gguf.Tokens.Count
        ? (int?)id
        : throw Error(gguf, key, $"found {id}, and there are {gguf.Tokens.Count} tokens");

    private static void CheckLength(GgufVocabulary gguf, int? count, string key)
    {
        if (count is { } found && found != gguf.Tokens.Count)
        {
            throw Error(gguf, key, $"it has {found} entries for {gguf.Tokens.Count} tokens");
        }
    }

    private static InvalidDataException Error(GgufVocabulary gguf, string key, string complaint) => new($"'{gguf.File}', tokenizer.ggml.{key}: {complaint}.");
}
