using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Tests.Prompts;

/// <summary>The vocabulary that the shipped organisms share.</summary>
internal static class OrganismTokenizer
{
    public static Tokenizer Instance { get; } = TokenizerFolder.Load(Path.Combine(RepositoryRoot.Path, "fixtures", "models", "organism-a"));

    /// <summary>A word list as it lies in the repository, read without the code under test.</summary>
    public static string[] Words(string list) => File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "fixtures", "words", "organism", $"{list}.txt"));

    public static string[] WordsOf(IEnumerable<int> tokens) => Instance.Decode(tokens).Split(' ');

    /// <summary>ORGANISMS.md: train uses keys where it is false, tests only keys where it is true.</summary>
    public static bool HeldOut(int a, int b, int c = 0) => ((7 * a) + (13 * b) + (3 * c)) % 10 == 3;
}
