using System.Collections.Frozen;
using System.Collections.Immutable;
using CircuitSpecs.Tokenizers.Patterns;
using CircuitSpecs.Tokenizers.PreTokenizers;

namespace CircuitSpecs.Tokenizers;

/// <summary>The pre-tokenizers behind the names in <c>tokenizer.ggml.pre</c>: those of the <c>tokenizer.json</c> files that the names were given for.</summary>
internal static class GgufPreTokenizers
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string White = @"\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Llama3 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + White;
    private const string Qwen2 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + White;
    private const string Qwen35 = Contractions + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + White;
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Tekken = @"[^\r\n\p{L}\p{N}]?" + Upper + "*" + Lower + @"+|[^\r\n\p{L}\p{N}]?" + Upper + "+" + Lower + @"*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + White;
    private const string Gpt4o = @"[^\r\n\p{L}\p{N}]?" + Upper + "*" + Lower + "+" + Contractions + @"?|[^\r\n\p{L}\p{N}]?" + Upper + "+" + Lower + "*" + Contractions + @"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + White;
    private const string DeepSeekCoder = @"\s?\p{L}+";
    private const string DeepSeek3 = """[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|""" + White;
    private const string Bloom = " ?[^(\\s|.,!?…。，、।۔،)]+";

    private static readonly FrozenDictionary<string, (ImmutableArray<string> Patterns, bool Gpt2, bool IgnoreMerges)> Known = Entries();

    /// <summary>The steps for a name, and whether words that are tokens as a whole are not merged.</summary>
    /// <exception cref="InvalidDataException">The name is not known; the message lists those that are.</exception>
    public static (ImmutableArray<PreTokenizer> Steps, bool IgnoreMerges) For(string? name, bool addPrefixSpace, string file)
    {
        if (name is null || !Known.TryGetValue(name, out (ImmutableArray<string> Patterns, bool Gpt2, bool IgnoreMerges) entry))
        {
            string found = name is null ? "it is missing, and without it nothing says how texts are cut" : $"found '{name}'";
            throw new InvalidDataException($"'{file}', tokenizer.ggml.pre: {found}; supported are {string.Join(", ", Known.Keys.Order(StringComparer.Ordinal))}.");
        }

        IEnumerable<PreTokenizer> splits = entry.Patterns.Select(pattern => new SplitPreTokenizer(new UnicodePattern(pattern), SplitBehavior.Isolated, invert: false));
        return ([.. splits, new ByteLevelPreTokenizer(addPrefixSpace, entry.Gpt2, isLast: true)], entry.IgnoreMerges);
    }

    private static FrozenDictionary<string, (ImmutableArray<string> Patterns, bool Gpt2, bool IgnoreMerges)> Entries()
    {
        var entries = new Dictionary<string, (ImmutableArray<string> Patterns, bool Gpt2, bool IgnoreMerges)>(StringComparer.Ordinal);
        Add([], gpt2: true, "gpt-2", "gpt2", "mpt", "olmo", "jais", "phi-2", "trillion", "gigachat", "roberta-bpe", "modern-bert", "granite-docling", "exaone4", "a.x-4.0", "mellum");
        Add([@"\p{N}"], gpt2: true, "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2");
        Add([Llama3], gpt2: false, "dbrx", "smaug-bpe", "chatglm-bpe", "glm4");
        Add([Qwen2], gpt2: false, "qwen2", "stablelm2", "megrez", "deepseek-r1-qwen", "hunyuan", "grok-2", "solar-open", "kormo", "f2llmv2");
        Add([Qwen35], gpt2: false, "qwen35");
        Add([Gpt4o], gpt2: false, "gpt-4o", "llama4", "kanana2", "minimax-m2");
        Add([@"[\r\n]", DeepSeekCoder, @"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", @"\p{N}"], gpt2: false, "deepseek-coder");
        Add([@"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DeepSeek3], gpt2: false, "deepseek-v3", "hunyuan-dense");
        Add([Bloom], gpt2: false, "bloom", "poro-chat", "gpt3-finnish");
        Add([Bloom, @"\p{N}"], gpt2: false, "viking");
        foreach (string name in new[] { "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2" })
        {
            entries.Add(name, ([Llama3], false, true));
        }

        entries.Add("tekken", ([Tekken], false, true));
        return entries.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(ImmutableArray<string> patterns, bool gpt2, params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
            {
                entries.Add(name, (patterns, gpt2, false));
            }
        }
    }
}
