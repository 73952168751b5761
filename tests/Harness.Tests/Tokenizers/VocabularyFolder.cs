namespace CircuitSpecs.Tests.Tokenizers;

/// <summary>A folder with tokenizer files for one test.</summary>
internal sealed class VocabularyFolder : IDisposable
{
    public VocabularyFolder(string? vocabulary = null, string? merges = null)
    {
        Path = Directory.CreateTempSubdirectory("circuitspecs-").FullName;
        if (vocabulary is not null)
        {
            Write("vocab.json", vocabulary);
        }

        if (merges is not null)
        {
            Write("merges.txt", merges);
        }
    }

    public string Path { get; }

    public void Write(string name, string content) => File.WriteAllText(System.IO.Path.Combine(Path, name), content);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
