using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>The tokenizer's lists in the metadata of a GGUF file, <c>tokenizer.ggml.*</c>.</summary>
internal static class TokenizerMetadata
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>Reads them.</summary>
    /// <param name="path">The path of a GGUF file.</param>
    /// <exception cref="ModelLoadException">It is not a valid GGUF file, a list is missing, or a value is of the wrong type.</exception>
    public static GgufVocabulary Read(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        GgufMetadata metadata = file.Metadata;
        return new GgufVocabulary
        {
            File = path,
            Model = metadata.Text(Prefix + "model") ?? throw metadata.Unexpected(Prefix + "model", "the kind of the vocabulary"),
            Pre = metadata.Text(Prefix + "pre"),
            Tokens = metadata.List<string>(Prefix + "tokens") ?? throw metadata.Unexpected(Prefix + "tokens", "a list of texts"),
            Merges = metadata.List<string>(Prefix + "merges"),
            Scores = metadata.List<float>(Prefix + "scores"),
            TokenTypes = metadata.List<int>(Prefix + "token_type"),
            BosToken = metadata.Whole(Prefix + "bos_token_id"),
            EosToken = metadata.Whole(Prefix + "eos_token_id"),
            UnknownToken = metadata.Whole(Prefix + "unknown_token_id"),
            AddSpacePrefix = metadata.Flag(Prefix + "add_space_prefix"),
        };
    }
}
