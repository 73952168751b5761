using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Cli;

/// <summary>What a model's folder holds, found out without reading weights.</summary>
/// <param name="Bytes">The size of the files of weights; null where they cannot be read.</param>
/// <param name="Parameters">The number of stored elements; null where they cannot be read.</param>
/// <param name="Types">The types that elements are stored in, the most frequent first; null where they cannot be read.</param>
/// <param name="Tokenizer">The kind of tokenizer; null without a readable one.</param>
/// <param name="Problems">Why the model cannot be used, or can be used only in part.</param>
internal sealed record ModelSummary(long? Bytes, long? Parameters, string? Types, string? Tokenizer, IReadOnlyList<string> Problems)
{
    public static ModelSummary Of(ModelEntry model)
    {
        List<string> problems = [];
        ModelSummary summary = new(null, null, null, null, problems);
        try
        {
            ModelLoader.ReadConfig(model.Folder);
        }
        catch (ModelLoadException problem)
        {
            problems.Add($"not usable: {problem.Message}");
        }

        try
        {
            summary = summary.WithWeightsIn(model.Folder);
        }
        catch (ModelLoadException problem)
        {
            problems.Add($"not usable: {problem.Message}");
        }

        try
        {
            return summary with { Tokenizer = KindOf(TokenizerFolder.Load(model.Folder)) };
        }
        catch (Exception problem) when (problem is FileNotFoundException or InvalidDataException or TokenizationException or ModelLoadException)
        {
            problems.Add($"no tokenizer: {problem.Message}");
            return summary;
        }
    }

    /// <summary>What a compiled model is, found out by making it.</summary>
    public static ModelSummary Of(CompiledModel model)
    {
        using ModelWeights weights = model.CreateWeights();
        long parameters = weights.Names.Sum(name => weights[name].numel());
        return new(sizeof(float) * parameters, parameters, "F32", KindOf(model.Tokenizer), []);
    }

    private static string KindOf(Tokenizer tokenizer) => tokenizer.GetType().Name.Replace("Tokenizer", "", StringComparison.Ordinal);

    private ModelSummary WithWeightsIn(string folder)
    {
        if (CheckpointFormat.FindIn(folder) is not { } found)
        {
            throw new ModelLoadException(folder, "the folder holds no weights.");
        }

        using ICheckpoint checkpoint = found.Format.Open(found.File);
        StoredTensor[] tensors = [.. checkpoint.Tensors.Values];
        return this with
        {
            Bytes = tensors.Select(tensor => tensor.File).Distinct(StringComparer.Ordinal).Sum(file => new FileInfo(file).Length),
            Parameters = tensors.Sum(Elements),
            Types = string.Join('+', tensors.GroupBy(tensor => tensor.Type.Name, StringComparer.Ordinal).OrderByDescending(group => group.Sum(Elements)).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Key)),
        };

        static long Elements(StoredTensor tensor) => tensor.Shape.Aggregate(1L, (product, size) => product * size);
    }
}
