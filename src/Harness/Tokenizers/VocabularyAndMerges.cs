using System.Text.Json;
using CircuitSpecs.Tokenizers.Decoders;
using CircuitSpecs.Tokenizers.PreTokenizers;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// The older layout of byte-level vocabularies, as GPT-2's: <c>vocab.json</c> and <c>merges.txt</c>, with GPT-2's pattern. Special tokens are
/// <c>&lt;|endoftext|&gt;</c> and those that <see cref="TokenizerConfig"/> finds; <c>added_tokens.json</c> has further tokens.
/// </summary>
internal static class VocabularyAndMerges
{
    internal const string AddedTokensFile = "added_tokens.json";

    /// <summary>BOS where nothing says otherwise, as in GPT-2.</summary>
    internal const string EndOfText = "<|endoftext|>";

    /// <summary>What fairseq (and so OPT) fills a vocabulary up with, to a multiple of eight: tokens that no merge makes.</summary>
    private const string Filler = "madeupword";

    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="FileNotFoundException">One of the two is missing.</exception>
    /// <exception cref="InvalidDataException">One is malformed, or they do not fit each other; the message names file and line.</exception>
    public static BpeTokenizer Read(string folder)
    {
        TokenizerConfig config = TokenizerConfig.Read(folder);
        var special = new HashSet<string>(config.Special, StringComparer.Ordinal) { EndOfText };
        Vocabulary vocabulary = Vocabulary.Read(Path.Combine(folder, TokenizerFolder.VocabularyFile));
        MergeTable merges = MergeTable.Read(Path.Combine(folder, TokenizerFolder.MergesFile), vocabulary, spelling => special.Contains(spelling) || IsFiller(spelling));
        List<AddedToken> added = [.. special.Where(vocabulary.Ids.ContainsKey).Select(text => Added(vocabulary.Ids[text], text, isSpecial: true))];
        added.AddRange(ReadAdded(Path.Combine(folder, AddedTokensFile), vocabulary, special));
        Check(vocabulary, special);
        int? IdOf(string text) => added.Find(token => token.Content == text)?.Id ?? (vocabulary.Ids.TryGetValue(text, out int id) ? id : null);
        return new BpeTokenizer(new BpeTokenizerParts
        {
            Model = new BpeModel(vocabulary, merges, new BpeOptions { Bytes = true }),
            PreTokenizers = [new ByteLevelPreTokenizer(config.AddPrefixSpace, useRegex: true, isLast: true)],
            Decoder = new ByteLevelDecoder(),
            Added = [.. added],
            BosToken = config.BosOr(IdOf(EndOfText), IdOf),
            EosToken = config.EosOr(IdOf(EndOfText), IdOf),
        });
    }

    private static AddedToken Added(int id, string text, bool isSpecial) =>
        new(id, text, SingleWord: false, StripsLeft: false, StripsRight: false, IsNormalized: false, isSpecial);

    private static bool IsFiller(string spelling) => spelling.StartsWith(Filler, StringComparison.Ordinal) && spelling.AsSpan(Filler.Length).IndexOfAnyExceptInRange('0', '9') < 0;

    private static IEnumerable<AddedToken> ReadAdded(string path, Vocabulary vocabulary, HashSet<string> special)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using JsonDocument document = JsonPlace.Parse(path);
        var taken = new HashSet<int>();
        foreach (JsonPlace member in JsonPlace.Root(path, document).Members())
        {
            int id = member.Index();
            bool isKnown = vocabulary.Ids.TryGetValue(member.Key, out int known);
            if ((isKnown && known != id) || (!isKnown && vocabulary.TrySpelling(id) is not null) || !taken.Add(id))
            {
                throw member.Error($"the id {id} of {Vocabulary.Quote(member.Key)} contradicts '{vocabulary.Path}' or another added token");
            }

            if (id > (long)vocabulary.Size + new FileInfo(path).Length)
            {
                throw member.Error($"the id {id} is larger than these files can have");
            }

            if (member.Key.Length == 0)
            {
                throw member.Error("an added token has no text");
            }

            if (!(isKnown && special.Contains(member.Key)))
            {
                yield return Added(id, member.Key, special.Contains(member.Key));
            }
        }
    }

    /// <summary>Every byte needs a token here, and every other token has to be made of bytes: nothing says what else it could be.</summary>
    private static void Check(Vocabulary vocabulary, HashSet<string> special)
    {
        for (int value = 0; value < 256; value++)
        {
            char character = ByteSpelling.CharacterOf((byte)value);
            if (!vocabulary.Ids.ContainsKey(character.ToString()))
            {
                throw new InvalidDataException($"'{vocabulary.Path}' has no token '{character}' for the byte 0x{value:X2}: texts with it could not be encoded. A vocabulary that drops bytes needs its {TokenizerFolder.TokenizerFile}.");
            }
        }

        foreach ((string spelling, int id) in vocabulary.Ids)
        {
            if (!special.Contains(spelling) && spelling.FirstOrDefault(character => !ByteSpelling.TryGetByte(character, out _)) is not '\0' and var stranger)
            {
                throw new InvalidDataException($"'{vocabulary.Path}': the token '{spelling}' (id {id}) holds '{stranger}' (U+{(int)stranger:X4}), which spells no byte.");
            }
        }
    }
}
