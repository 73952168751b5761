using System.Runtime.InteropServices;
using System.Text;
using BenchmarkDotNet.Attributes;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Bench;

/// <summary>
/// A million bytes of English through byte-pair encoding, one thread. Megabytes a second are 1 / the seconds of a row. The text
/// is the documentation of .NET's class library as the SDK has it, without its markup; the vocabularies are those of <c>../shared</c>.
/// </summary>
[InvocationCount(1)]
public class Tokenization
{
    private const int Bytes = 1_000_000;
    private string text = null!;
    private BpeTokenizer warm = null!;
    private BpeTokenizer cold = null!;

    /// <summary>Which tokenizer: GPT-2 by its two files, or the pattern of Llama 3 over GPT-2's vocabulary.</summary>
    [Params("gpt-2", "llama-bpe")]
    public string Kind { get; set; } = null!;

    /// <summary>Reads the text.</summary>
    [GlobalSetup]
    public void Read()
    {
        text = English();
        warm = Load();
        warm.Encode(text);
    }

    /// <summary>A tokenizer that has seen no word yet.</summary>
    [IterationSetup]
    public void Forget() => cold = Load();

    /// <summary>The words of the text were seen before.</summary>
    [Benchmark]
    public int Again() => warm.Encode(text).Length;

    /// <summary>No word was seen before.</summary>
    [Benchmark]
    public int FirstTime() => cold.Encode(text).Length;

    private BpeTokenizer Load()
    {
        string folder = Path.Combine(Shared(), "tokenizers", "gpt2");
        if (Kind == "gpt-2")
        {
            return BpeTokenizer.Load(folder);
        }

        Dictionary<string, int> ids = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, "vocab.json")))!;
        return BpeTokenizer.FromGguf(new GgufVocabulary
        {
            File = folder,
            Model = "gpt2",
            Pre = Kind,
            Tokens = [.. ids.OrderBy(token => token.Value).Select(token => token.Key)],
            Merges = [.. File.ReadLines(Path.Combine(folder, "merges.txt")).Skip(1)],
        });
    }

    private static string Shared()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string shared = Path.Combine(folder.FullName, "..", "shared");
            if (File.Exists(Path.Combine(folder.FullName, "CircuitSpecs.sln")) && Directory.Exists(shared))
            {
                return shared;
            }
        }

        throw new DirectoryNotFoundException("'../shared' is not beside the repository; it has the vocabulary.");
    }

    private static string English()
    {
        string packs = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref");
        var english = new StringBuilder();
        foreach (string file in Directory.EnumerateFiles(packs, "System.*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var reader = System.Xml.XmlReader.Create(file);
            while (reader.Read() && english.Length < Bytes)
            {
                if (reader.NodeType == System.Xml.XmlNodeType.Text)
                {
                    english.Append(reader.Value).Append(' ');
                }
            }
        }

        string text = english.ToString();
        return Encoding.UTF8.GetByteCount(text) >= Bytes ? text[..Bytes] : throw new InvalidOperationException($"'{packs}' has only {text.Length} characters of text.");
    }
}
