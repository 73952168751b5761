using System.Text.Json;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// What <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> say beside a vocabulary: which tokens are special, and which
/// one is BOS and which EOS. The other settings there (chat templates, padding) say nothing about how a text is cut.
/// </summary>
internal sealed class TokenizerConfig
{
    internal const string ConfigFile = "tokenizer_config.json";
    internal const string SpecialTokensFile = "special_tokens_map.json";
    private const string Bos = "bos_token";
    private const string Eos = "eos_token";
    private static readonly string[] TokenKeys = [Bos, Eos, "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];

    private readonly Dictionary<string, (string? Token, string File)> tokens = new(StringComparer.Ordinal);

    /// <summary>The spellings of all special tokens that are named.</summary>
    public HashSet<string> Special { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether words at the beginning of a text get a space in front.</summary>
    public bool AddPrefixSpace { get; private set; }

    /// <summary>Reads what is there of the two files.</summary>
    /// <exception cref="InvalidDataException">One is malformed; the message names the file and the key.</exception>
    public static TokenizerConfig Read(string folder)
    {
        var config = new TokenizerConfig();
        foreach (string file in new[] { ConfigFile, SpecialTokensFile })
        {
            string path = Path.Combine(folder, file);
            if (File.Exists(path))
            {
                config.Add(path);
            }
        }

        return config;
    }

    /// <summary>The BOS token: what the files say, or else a default where they say nothing. A file may also say that there is none.</summary>
    /// <exception cref="InvalidDataException">The vocabulary has no such token.</exception>
    public int? BosOr(int? otherwise, Func<string, int?> idOf) => TokenOr(Bos, otherwise, idOf);

    /// <summary>The EOS token, likewise.</summary>
    public int? EosOr(int? otherwise, Func<string, int?> idOf) => TokenOr(Eos, otherwise, idOf);

    private int? TokenOr(string key, int? otherwise, Func<string, int?> idOf)
    {
        if (!tokens.TryGetValue(key, out (string? Token, string File) found))
        {
            return otherwise;
        }

        return found.Token is null ? null : idOf(found.Token) ?? throw new InvalidDataException($"'{found.File}': {key} is {Vocabulary.Quote(found.Token)}, which the vocabulary beside it does not have.");
    }

    private void Add(string path)
    {
        using JsonDocument document = JsonPlace.Parse(path);
        JsonPlace root = JsonPlace.Root(path, document);
        foreach (JsonPlace member in root.Members())
        {
            if (TokenKeys.Contains(member.Key))
            {
                string? token = TokenOf(member);
                tokens.TryAdd(member.Key, (token, path));
                if (token is not null)
                {
                    Special.Add(token);
                }
            }
            else if (member.Key == "additional_special_tokens" && member.Kind == JsonValueKind.Array)
            {
                Special.UnionWith(member.Elements().Select(TokenOf).OfType<string>());
            }
            else if (member.Key == "add_prefix_space" && member.Kind is JsonValueKind.True or JsonValueKind.False)
            {
                AddPrefixSpace = member.Boolean();
            }
        }
    }

    /// <summary>The text of a token; null where none is named, which some files write as an empty one.</summary>
    private static string? TokenOf(JsonPlace place)
    {
        string token = place.Kind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.Object => place.Member("content").String(),
            _ => place.String(),
        };
        return token.Length == 0 ? null : token;
    }
}
