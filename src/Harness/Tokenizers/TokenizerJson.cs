using System.Collections.Immutable;
using System.Text.Json;
using CircuitSpecs.Tokenizers.Decoders;
using CircuitSpecs.Tokenizers.Normalizers;
using CircuitSpecs.Tokenizers.Patterns;
using CircuitSpecs.Tokenizers.PreTokenizers;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// Reads a <c>tokenizer.json</c> of Hugging Face's tokenizers library whose model is byte-pair encoding. What is not understood
/// is an error that names its place. <c>truncation</c> and <c>padding</c> are for batches and change nothing here; the post-processor
/// is not applied, it only tells which tokens are BOS and EOS.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>Reads the file, and <see cref="TokenizerConfig"/> beside it.</summary>
    /// <exception cref="InvalidDataException">It is malformed or asks for something unsupported; the message names the place.</exception>
    public static BpeTokenizer Read(string path)
    {
        using JsonDocument document = JsonPlace.Parse(path);
        JsonPlace root = JsonPlace.Root(path, document);
        root.HasOnly("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        if (root.Member("version") is { IsNothing: false } version && version.String() != "1.0")
        {
            throw version.Error($"found {version.Found()}; supported is \"1.0\"");
        }

        long largestId = new FileInfo(path).Length;
        var steps = new List<PreTokenizer>();
        bool bytes = AddPreTokenizers(root.Member("pre_tokenizer"), steps, isLast: true);
        BpeModel model = ModelOf(root.Member("model"), largestId, bytes);
        ImmutableArray<AddedToken> added = AddedTokens(root.Member("added_tokens"), model.Vocabulary, largestId);
        (int? bos, int? eos) = PostProcessorTokens(root.Member("post_processor"), IdOf);
        bos ??= added.FirstOrDefault(token => token.IsSpecial && token.Content == VocabularyAndMerges.EndOfText)?.Id;
        TokenizerConfig config = TokenizerConfig.Read(Path.GetDirectoryName(path)!);
        return new BpeTokenizer(new BpeTokenizerParts
        {
            Model = model,
            Normalizer = NormalizerOf(root.Member("normalizer")),
            PreTokenizers = [.. steps],
            Decoder = DecoderOf(root.Member("decoder")),
            Added = added,
            BosToken = config.BosOr(bos, IdOf),
            EosToken = config.EosOr(eos, IdOf),
        });

        int? IdOf(string text) => added.FirstOrDefault(token => token.Content == text)?.Id ?? (model.Vocabulary.Ids.TryGetValue(text, out int id) ? id : null);
    }

    private static BpeModel ModelOf(JsonPlace place, long largestId, bool bytes)
    {
        JsonPlace type = place.Member("type"); // files from before 2021 have none
        if (!type.IsNothing && type.String() != "BPE")
        {
            throw type.Error($"found {type.Found()}; supported is \"BPE\"");
        }

        place.HasOnly("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        if (place.Member("dropout") is { IsNothing: false } dropout && !(dropout.Kind == JsonValueKind.Number && dropout.Value.TryGetDouble(out double rate) && rate == 0))
        {
            throw dropout.Error($"found {dropout.Found()}; supported is null, since random merges give no fixed tokens");
        }

        foreach (string key in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (place.Member(key) is { IsNothing: false } affix && affix.String().Length > 0)
            {
                throw affix.Error($"found {affix.Found()}; supported is null");
            }
        }

        Vocabulary vocabulary = VocabularyOf(place.Member("vocab"), largestId);
        int? unknown = null;
        if (place.Member("unk_token") is { IsNothing: false } unk)
        {
            unknown = vocabulary.Ids.TryGetValue(unk.String(), out int id) ? id : throw unk.Error($"the token {unk.Found()} is not in the vocabulary");
        }

        return new BpeModel(vocabulary, MergesOf(place.Member("merges"), vocabulary), new BpeOptions
        {
            Bytes = bytes,
            ByteFallback = place.Member("byte_fallback").BooleanOr(false),
            IgnoreMerges = place.Member("ignore_merges").BooleanOr(false),
            Unknown = unknown,
            FuseUnknown = place.Member("fuse_unk").BooleanOr(false),
        });
    }

    private static Vocabulary VocabularyOf(JsonPlace place, long largestId)
    {
        var builder = new Vocabulary.Builder(place.File, largestId);
        foreach (JsonPlace token in place.Members())
        {
            if (!builder.Add(token.Key, token.Index()))
            {
                throw token.Error(builder.Complaint!);
            }
        }

        return builder.Count > 0 ? builder.Build() : throw place.Error("it holds no token");
    }

    private static MergeTable MergesOf(JsonPlace place, Vocabulary vocabulary)
    {
        var merges = new MergeTable();
        foreach (JsonPlace merge in place.Elements())
        {
            string[] parts = merge.Kind == JsonValueKind.Array ? [.. merge.Elements().Select(part => part.String())] : merge.String().Split(' ');
            if (parts.Length != 2)
            {
                throw merge.Error($"expected two tokens, found {merge.Found()}");
            }

            merges.Add(parts[0], parts[1], vocabulary, $"'{merge.File}', {merge.Path}");
        }

        return merges;
    }

    private static ImmutableArray<AddedToken> AddedTokens(JsonPlace place, Vocabulary vocabulary, long largestId)
    {
        if (place.IsNothing)
        {
            return [];
        }

        var added = ImmutableArray.CreateBuilder<AddedToken>();
        var byId = new Dictionary<int, string>();
        var contents = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonPlace token in place.Elements())
        {
            token.HasOnly("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            int id = token.Member("id").Index();
            string content = token.Member("content").String();
            string? spelling = vocabulary.TrySpelling(id);
            if (content.Length == 0)
            {
                throw token.Error("an added token has no text");
            }

            if (id > largestId)
            {
                throw token.Error($"the id {id} is larger than a file of this size can have");
            }

            if (!byId.TryAdd(id, content) || !contents.Add(content))
            {
                throw token.Error($"the id {id} or the text {Vocabulary.Quote(content)} belongs to another added token");
            }

            if (vocabulary.Ids.TryGetValue(content, out int known) ? known != id : spelling is not null)
            {
                throw token.Error($"the id {id} of {Vocabulary.Quote(content)} contradicts the vocabulary, where {(spelling is null ? $"the token has the id {known}" : $"it belongs to {Vocabulary.Quote(spelling)}")}");
            }

            bool special = token.Member("special").BooleanOr(false);
            added.Add(new AddedToken(
                id,
                content,
                token.Member("single_word").BooleanOr(false),
                token.Member("lstrip").BooleanOr(false),
                token.Member("rstrip").BooleanOr(false),
                token.Member("normalized").BooleanOr(!special),
                special));
        }

        return added.ToImmutable();
    }

    private static Normalizer? NormalizerOf(JsonPlace place)
    {
        if (place.IsNothing)
        {
            return null;
        }

        switch (place.Member("type").String())
        {
            case "NFC":
                place.HasOnly("type");
                return new ComposeNormalizer();
            case "Prepend":
                place.HasOnly("type", "prepend");
                return new PrependNormalizer(place.Member("prepend").String());
            case "Replace":
                place.HasOnly("type", "pattern", "content");
                return new ReplaceNormalizer(PatternOf(place.Member("pattern")), place.Member("content").String());
            case "Sequence":
                place.HasOnly("type", "normalizers");
                return new NormalizerSequence([.. place.Member("normalizers").Elements().Select(NormalizerOf).OfType<Normalizer>()]);
            default:
                throw Unsupported(place, "NFC, Prepend, Replace, Sequence and null");
        }
    }

    /// <summary>Adds the steps; says whether what comes out is bytes.</summary>
    private static bool AddPreTokenizers(JsonPlace place, List<PreTokenizer> steps, bool isLast)
    {
        if (place.IsNothing)
        {
            return false;
        }

        switch (place.Member("type").String())
        {
            case "Sequence":
                place.HasOnly("type", "pretokenizers");
                List<JsonPlace> elements = [.. place.Member("pretokenizers").Elements()];
                bool bytes = false;
                for (int index = 0; index < elements.Count; index++)
                {
                    bytes = AddPreTokenizers(elements[index], steps, isLast && index == elements.Count - 1);
                }

                return bytes;
            case "ByteLevel":
                place.HasOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                steps.Add(new ByteLevelPreTokenizer(place.Member("add_prefix_space").Boolean(), place.Member("use_regex").BooleanOr(true), isLast));
                return isLast;
            case "Split":
                place.HasOnly("type", "pattern", "behavior", "invert");
                steps.Add(new SplitPreTokenizer(PatternOf(place.Member("pattern")), BehaviorOf(place.Member("behavior")), place.Member("invert").Boolean()));
                return false;
            case "Digits":
                place.HasOnly("type", "individual_digits");
                steps.Add(new SplitPreTokenizer(new UnicodePattern(@"\p{N}"), place.Member("individual_digits").Boolean() ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false));
                return false;
            case "Punctuation":
                place.HasOnly("type", "behavior");
                JsonPlace behavior = place.Member("behavior");
                steps.Add(new SplitPreTokenizer(new UnicodePattern(@"[\p{P}$+<=>^`|~]"), behavior.IsNothing ? SplitBehavior.Isolated : BehaviorOf(behavior), invert: false));
                return false;
            case "Whitespace":
                place.HasOnly("type");
                steps.Add(new SplitPreTokenizer(new UnicodePattern(@"\p{Standard_Word}+|[^\p{Standard_Word}\s]+"), SplitBehavior.Removed, invert: true));
                return false;
            case "WhitespaceSplit":
                place.HasOnly("type");
                steps.Add(new SplitPreTokenizer(new UnicodePattern(@"\s"), SplitBehavior.Removed, invert: false));
                return false;
            case "Metaspace":
                steps.Add(MetaspaceOf(place));
                return false;
            default:
                throw Unsupported(place, "ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, Metaspace, Sequence and null");
        }
    }

    private static MetaspacePreTokenizer MetaspaceOf(JsonPlace place) => new(Replacement(place), SchemeOf(place), place.Member("split").BooleanOr(true));

    private static string Replacement(JsonPlace place)
    {
        place.HasOnly("type", "replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep");
        JsonPlace replacement = place.Member("replacement");
        string character = replacement.String();
        return CodePoints.Count(character) == 1 ? character : throw replacement.Error($"found {replacement.Found()}, expected one character");
    }

    private static PrependScheme SchemeOf(JsonPlace place)
    {
        JsonPlace scheme = place.Member("prepend_scheme");
        JsonPlace prefix = place.Member("add_prefix_space");
        PrependScheme found = scheme.IsNothing
            ? prefix.BooleanOr(true) ? PrependScheme.Always : PrependScheme.Never
            : scheme.String() switch
            {
                "always" => PrependScheme.Always,
                "never" => PrependScheme.Never,
                "first" => PrependScheme.First,
                _ => throw scheme.Error($"found {scheme.Found()}; supported are \"always\", \"never\" and \"first\""),
            };
        return !prefix.BooleanOr(true) && found != PrependScheme.Never ? throw prefix.Error("found false, which contradicts prepend_scheme") : found;
    }

    private static TokenDecoder? DecoderOf(JsonPlace place)
    {
        if (place.IsNothing)
        {
            return null;
        }

        switch (place.Member("type").String())
        {
            case "ByteLevel":
                place.HasOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "ByteFallback":
                place.HasOnly("type");
                return new ByteFallbackDecoder();
            case "Fuse":
                place.HasOnly("type");
                return new FuseDecoder();
            case "Metaspace":
                return new MetaspaceDecoder(Replacement(place), SchemeOf(place) != PrependScheme.Never);
            case "Replace":
                place.HasOnly("type", "pattern", "content");
                return new ReplaceDecoder(PatternOf(place.Member("pattern")), place.Member("content").String());
            case "Strip":
                place.HasOnly("type", "content", "start", "stop");
                JsonPlace content = place.Member("content");
                return content.String() is [var character]
                    ? new StripDecoder(character, place.Member("start").Index(), place.Member("stop").Index())
                    : throw content.Error($"found {content.Found()}, expected one character");
            case "Sequence":
                place.HasOnly("type", "decoders");
                List<TokenDecoder> decoders = [.. place.Member("decoders").Elements().Select(DecoderOf).OfType<TokenDecoder>()];
                return decoders is [var only] ? only : new DecoderSequence(decoders);
            default:
                throw Unsupported(place, "ByteLevel, ByteFallback, Fuse, Metaspace, Replace, Strip, Sequence and null");
        }
    }

    /// <summary>The tokens that the post-processor would put before and after a text.</summary>
    private static (int? Bos, int? Eos) PostProcessorTokens(JsonPlace place, Func<string, int?> idOf)
    {
        if (place.IsNothing)
        {
            return (null, null);
        }

        switch (place.Member("type").String())
        {
            case "ByteLevel":
                place.HasOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                return (null, null);
            case "BertProcessing" or "RobertaProcessing":
                place.HasOnly("type", "sep", "cls", "trim_offsets", "add_prefix_space");
                return (IdOfPair(place.Member("cls")), IdOfPair(place.Member("sep")));
            case "TemplateProcessing":
                place.HasOnly("type", "single", "pair", "special_tokens");
                return TemplateTokens(place, idOf);
            case "Sequence":
                place.HasOnly("type", "processors");
                (int? Bos, int? Eos) found = (null, null);
                foreach (JsonPlace processor in place.Member("processors").Elements())
                {
                    (int? bos, int? eos) = PostProcessorTokens(processor, idOf);
                    found = (found.Bos ?? bos, found.Eos ?? eos);
                }

                return found;
            default:
                throw Unsupported(place, "ByteLevel, TemplateProcessing, RobertaProcessing, BertProcessing, Sequence and null");
        }
    }

    /// <summary>The id in a pair of a token and its id.</summary>
    private static int IdOfPair(JsonPlace place)
    {
        List<JsonPlace> pair = [.. place.Elements()];
        return pair.Count == 2 ? pair[1].Index() : throw place.Error($"expected a token and its id, found {place.Found()}");
    }

    private static (int? Bos, int? Eos) TemplateTokens(JsonPlace place, Func<string, int?> idOf)
    {
        bool isAfter = false;
        int? bos = null;
        int? eos = null;
        foreach (JsonPlace part in place.Member("single").Elements())
        {
            part.HasOnly("Sequence", "SpecialToken");
            JsonPlace token = part.Member("SpecialToken");
            if (token.IsNothing)
            {
                isAfter = true;
                continue;
            }

            JsonPlace name = token.Member("id");
            int id = idOf(name.String()) ?? throw name.Error($"the token {name.Found()} is not in the vocabulary");
            bos = isAfter ? bos : bos ?? id;
            eos = isAfter ? eos ?? id : eos;
        }

        return (bos, eos);
    }

    private static UnicodePattern PatternOf(JsonPlace place)
    {
        place.HasOnly("String", "Regex");
        JsonPlace text = place.Member("String");
        JsonPlace pattern = text.IsNothing ? place.Member("Regex") : text;
        try
        {
            return new UnicodePattern(text.IsNothing ? pattern.String() : UnicodePattern.Escape(pattern.String()));
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"'{place.File}', {pattern.Path}: {exception.Message}.", exception);
        }
    }

    private static SplitBehavior BehaviorOf(JsonPlace place)
    {
        string name = place.String();
        return Enum.GetNames<SplitBehavior>().Contains(name, StringComparer.Ordinal)
            ? Enum.Parse<SplitBehavior>(name)
            : throw place.Error($"found {place.Found()}; supported are {string.Join(", ", Enum.GetNames<SplitBehavior>())}");
    }

    private static InvalidDataException Unsupported(JsonPlace place, string supported)
    {
        JsonPlace type = place.Member("type");
        return type.Error($"found {type.Found()}; supported are {supported}");
    }
}
