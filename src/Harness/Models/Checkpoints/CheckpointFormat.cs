using System.Collections.Immutable;
using CircuitSpecs.Models.Checkpoints.Gguf;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>A way of storing weights in a model's folder. A further format is one class and one line in <see cref="All"/>.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Pattern">The name of its file, with wildcards.</param>
/// <param name="Open">Opens the file.</param>
public sealed record CheckpointFormat(string Name, string Pattern, Func<string, ICheckpoint> Open)
{
    private const string Gguf = ".gguf";

    /// <summary>Every format that is recognised, the preferred ones first.</summary>
    public static readonly ImmutableArray<CheckpointFormat> All =
    [
        new("safetensors", "model.safetensors", SafetensorsFile.Open),
        new("sharded safetensors", "model.safetensors.index.json", file => ShardedCheckpoint.Open(file, ".safetensors", SafetensorsFile.Open)),
        new("PyTorch pickle", "pytorch_model.bin", PyTorchCheckpoint.Open),
        new("sharded PyTorch pickle", "pytorch_model.bin.index.json", file => ShardedCheckpoint.Open(file, ".bin", PyTorchCheckpoint.Open)),
        new("TransformerLens pickle", "model_final.pth", PyTorchCheckpoint.Open),
        new("PyTorch pickle", "*.pth", file => OpenOnly(file, ".pth", "one that is named model_final.pth", PyTorchCheckpoint.Open)),
        new("GGUF", $"*{Gguf}", file => OpenOnly(file, Gguf, "the path of one of them in place of the folder's", GgufCheckpoint.Open)),
    ];

    /// <summary>The first format that a folder holds a file of, with that file; null if it holds none.</summary>
    /// <param name="folder">The model's folder, or the path of a GGUF file, which is a model by itself.</param>
    public static (CheckpointFormat Format, string File)? FindIn(string folder)
    {
        if (IsModelFile(folder))
        {
            return (All[^1] with { Open = GgufCheckpoint.Open }, folder);
        }

        foreach (CheckpointFormat format in All)
        {
            if (Directory.EnumerateFiles(folder, format.Pattern).Order(StringComparer.Ordinal).FirstOrDefault() is string file)
            {
                return (format, file);
            }
        }

        return null;
    }

    /// <summary>Whether a path is that of a file that is a model by itself: a GGUF file.</summary>
    /// <param name="path">A path, which need not exist.</param>
    public static bool IsModelFile(string path) => path.EndsWith(Gguf, StringComparison.OrdinalIgnoreCase) && File.Exists(path);

    // Training leaves one file a step, publishers of GGUF one a quantisation: to take any of them would be a guess.
    private static ICheckpoint OpenOnly(string file, string extension, string orElse, Func<string, ICheckpoint> open)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        int count = Directory.EnumerateFiles(folder, $"*{extension}").Count();
        return count == 1
            ? open(file)
            : throw new ModelLoadException(file, $"it is one of {count} {extension} files in the folder; expected one, or {orElse}.");
    }
}
