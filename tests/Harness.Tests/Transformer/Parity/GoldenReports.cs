using System.Collections.Concurrent;
using System.Collections.Immutable;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Transformer;
using CircuitSpecs.Transformer.Parity;

namespace CircuitSpecs.Tests.Transformer.Parity;

/// <summary>Models against their goldens by the comparison that <c>circuits parity</c> makes; each is run once, whoever asks.</summary>
internal static class GoldenReports
{
    private const string Beside = ".golden.safetensors";

    private static readonly ConcurrentDictionary<string, GoldenReport> Reports = new(StringComparer.Ordinal);

    /// <summary>The report of a golden: a <c>golden.safetensors</c> in the model's folder, or <c>name.golden.safetensors</c> beside <c>name.gguf</c>.</summary>
    /// <param name="golden">Its path below the goldens, with forward slashes.</param>
    /// <param name="tolerances">How far apart results may lie; the same in every call for the same golden.</param>
    public static GoldenReport Of(string golden, ParityTolerances tolerances) => Reports.GetOrAdd(golden, _ =>
    {
        string path = GoldenFolder.PathOrIgnore(golden);
        string model = path.EndsWith(Beside, StringComparison.Ordinal) ? path.Replace(Beside, ".gguf", StringComparison.Ordinal) : Path.GetDirectoryName(path)!;
        Dictionary<string, ReferenceTensor> reference = GoldenFolder.Tensors(golden).ToDictionary(entry => entry.Key, entry => entry.Value.AsReference(), StringComparer.Ordinal);
        using ModelWeights weights = ModelLoader.Load(model);
        using var running = new HookedTransformer(weights);
        return new GoldenReport(golden, weights.Config.ModelType, StoredAs(model), ParityCheck.Run(running, reference, tolerances, PromptLength(reference)).Rows);
    });

    /// <summary>The format of a model's weights and the types of their elements, the most frequent first: <c>GGUF, Q4_0+F32</c>.</summary>
    /// <param name="model">Its folder, or the path of a GGUF file.</param>
    public static string StoredAs(string model)
    {
        (CheckpointFormat format, string file) = CheckpointFormat.FindIn(model)!.Value;
        using ICheckpoint checkpoint = format.Open(file);
        return $"{format.Name}, {string.Join('+', checkpoint.Tensors.Values.GroupBy(tensor => tensor.Encoding, StringComparer.Ordinal).OrderByDescending(group => group.Sum(tensor => tensor.EncodedBytes)).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Key))}";
    }

    // Generated rows begin with their prompt: 5 ids where the READMEs say so, otherwise the longest beginning that they share with the tokens.
    private static int PromptLength(Dictionary<string, ReferenceTensor> reference)
    {
        const int Stated = 5;
        if (!reference.TryGetValue("generate.tokens", out ReferenceTensor? generated) || reference.Count > 3)
        {
            return Stated;
        }

        ImmutableArray<double> tokens = reference["tokens"].Values;
        return Enumerable.Range(0, (int)Math.Min(reference["tokens"].Shape[1], generated.Shape[1])).TakeWhile(position => tokens[position] == generated.Values[position]).Count();
    }
}
