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
}
