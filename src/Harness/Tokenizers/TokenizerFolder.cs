using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Models.Checkpoints.Gguf;

namespace CircuitSpecs.Tokenizers;

/// <summary>Finds out from its files which tokenizer a model's folder has.</summary>
public static class TokenizerFolder
{
    internal const string TokenizerFile = "tokenizer.json";
    internal const string VocabularyFile = "vocab.json";
    internal const string MergesFile = "merges.txt";

    /// <summary>
    /// Loads the tokenizer: <c>tokenizer.json</c>, or else <c>vocab.json</c> with <c>merges.txt</c>, is a <see cref="BpeTokenizer"/>;
    /// <c>vocab.json</c> alone is a <see cref="WordLevelTokenizer"/> where it has <c>&lt;bos&gt;</c>, a <see cref="DialogueTokenizer"/> where it
    /// has <c>[inst]</c> and <c>[/inst]</c>. Without either file, the lists in the folder's one GGUF file are a <see cref="BpeTokenizer"/>.
    /// </summary>
    /// <param name="folder">The model's folder, or the path of a GGUF file.</param>
    /// <exception cref="FileNotFoundException">There is neither <c>tokenizer.json</c> nor <c>vocab.json</c> nor one GGUF file; the message lists what is there.</exception>
    /// <exception cref="Models.ModelLoadException">The GGUF file is not valid, or holds no tokenizer.</exception>
    /// <exception cref="InvalidDataException">A file is malformed, or the vocabulary is of no known kind; the message says what was found and expected.</exception>
    public static Tokenizer Load(string folder)
    {
        if (CheckpointFormat.IsModelFile(folder))
        {
            return BpeTokenizer.FromGguf(TokenizerMetadata.Read(folder));
        }

        if (File.Exists(Path.Combine(folder, TokenizerFile)))
        {
            return BpeTokenizer.Load(folder);
        }

        string vocabularyPath = Path.Combine(folder, VocabularyFile);
        if (!File.Exists(vocabularyPath))
        {
            if (Directory.Exists(folder) && Directory.GetFiles(folder, "*.gguf") is [string gguf])
            {
                return BpeTokenizer.FromGguf(TokenizerMetadata.Read(gguf));
            }

            string found = Directory.Exists(folder)
                ? $"it holds {string.Join(", ", Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).DefaultIfEmpty("no file"))}"
                : "there is no such folder";
            throw new FileNotFoundException($"No tokenizer in '{folder}': {found}; expected {TokenizerFile}, or {VocabularyFile}, with {MergesFile} for byte-level BPE, or one GGUF file.", vocabularyPath);
        }

        if (File.Exists(Path.Combine(folder, MergesFile)))
        {
            return BpeTokenizer.Load(folder);
        }

        Vocabulary vocabulary = Vocabulary.Read(vocabularyPath);
        return (WordLevelTokenizer.Knows(vocabulary), DialogueTokenizer.Knows(vocabulary)) switch
        {
            (true, false) => new WordLevelTokenizer(vocabulary),
            (false, true) => new DialogueTokenizer(vocabulary),
            (true, true) => throw new InvalidDataException($"'{vocabularyPath}' has both '{WordLevelTokenizer.Bos}' and '{DialogueTokenizer.Begin}': it could be word-level or dialogue, and nothing says which."),
            _ => throw new InvalidDataException($"'{vocabularyPath}' ({vocabulary.Ids.Count} tokens) stands alone, with neither '{WordLevelTokenizer.Bos}' (word-level) nor '{DialogueTokenizer.Begin}' and '{DialogueTokenizer.End}' (dialogue) in it; a byte-level BPE vocabulary needs {MergesFile} beside it."),
        };
    }
}
