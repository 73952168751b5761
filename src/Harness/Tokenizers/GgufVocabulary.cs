using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints.Gguf;

namespace CircuitSpecs.Tokenizers;

/// <summary>The metadata of a GGUF file that describe its tokenizer. Lists are parallel: the place in them is the token's id.</summary>
public sealed record GgufVocabulary
{
    /// <summary>The file, for messages.</summary>
    public required string File { get; init; }

    /// <summary><c>tokenizer.ggml.model</c>: <c>gpt2</c> for byte-level vocabularies, <c>llama</c> for sentencepiece's.</summary>
    public required string Model { get; init; }

    /// <summary><c>tokenizer.ggml.pre</c>: the name of the pre-tokenizer; needed for <c>gpt2</c>.</summary>
    public string? Pre { get; init; }

    /// <summary><c>tokenizer.ggml.tokens</c>.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary><c>tokenizer.ggml.merges</c>, each two tokens separated by a space; needed for <c>gpt2</c>.</summary>
    public IReadOnlyList<string>? Merges { get; init; }

    /// <summary><c>tokenizer.ggml.scores</c>; needed for <c>llama</c>, where they say which merge comes first.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary><c>tokenizer.ggml.token_type</c>: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. Without it all are normal.</summary>
    public IReadOnlyList<int>? TokenTypes { get; init; }

    /// <summary><c>tokenizer.ggml.bos_token_id</c>.</summary>
    public long? BosToken { get; init; }

    /// <summary><c>tokenizer.ggml.eos_token_id</c>.</summary>
    public long? EosToken { get; init; }

    /// <summary><c>tokenizer.ggml.unknown_token_id</c>; used for <c>llama</c>.</summary>
    public long? UnknownToken { get; init; }

    /// <summary><c>tokenizer.ggml.add_space_prefix</c>; without it, true for <c>llama</c> and false for <c>gpt2</c>.</summary>
    public bool? AddSpacePrefix { get; init; }

    /// <summary>Reads the metadata of a file.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="ModelLoadException">A value is missing or of another type than it has to be.</exception>
    public static GgufVocabulary Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        GgufMetadata metadata = file.Metadata;
        const string Keys = "tokenizer.ggml.";
        return new GgufVocabulary
        {
            File = file.File,
            Model = metadata.Text(Keys + "model") ?? throw new ModelLoadException(file.File, $"{Keys}model is missing: the file has no tokenizer."),
            Pre = metadata.Text(Keys + "pre"),
            Tokens = metadata.List<string>(Keys + "tokens") ?? throw new ModelLoadException(file.File, $"{Keys}tokens is missing."),
            Merges = metadata.List<string>(Keys + "merges"),
            Scores = metadata.List<float>(Keys + "scores"),
            TokenTypes = metadata.List<int>(Keys + "token_type"),
            BosToken = metadata.Whole(Keys + "bos_token_id"),
            EosToken = metadata.Whole(Keys + "eos_token_id"),
            UnknownToken = metadata.Whole(Keys + "unknown_token_id"),
            AddSpacePrefix = metadata.Flag(Keys + "add_space_prefix"),
        };
    }
}
