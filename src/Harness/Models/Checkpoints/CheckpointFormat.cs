using System.Collections.Immutable;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>A way of storing weights in a model's folder. A further format is one class and one line in <see cref="All"/>.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Pattern">The name of its file, with wildcards.</param>
/// <param name="Open">Opens the file; null for a format that is known but not read.</param>
public sealed record CheckpointFormat(string Name, string Pattern, Func<string, ICheckpoint>? Open)
{
    /// <summary>Every format that is recognised, the preferred ones first.</summary>
    public static readonly ImmutableArray<CheckpointFormat> All =
    [
        new("safetensors", "model.safetensors", SafetensorsFile.Open),
        new("sharded safetensors", "model.safetensors.index.json", file => ShardedCheckpoint.Open(file, ".safetensors", SafetensorsFile.Open)),
        new("PyTorch pickle", "pytorch_model.bin", PyTorchCheckpoint.Open),
        new("sharded PyTorch pickle", "pytorch_model.bin.index.json", file => ShardedCheckpoint.Open(file, ".bin", PyTorchCheckpoint.Open)),
        new("TransformerLens pickle", "model_final.pth", PyTorchCheckpoint.Open),
        new("PyTorch pickle", "*.pth", OpenOnlyPth),
        new("GGUF", "*.gguf", null),
    ];

    /// <summary>The first format that a folder holds a file of, with that file; null if it holds none.</summary>
    /// <param name="folder">The model's folder.</param>
    public static (CheckpointFormat Format, string File)? FindIn(string folder)
    {
        foreach (CheckpointFormat format in All)
        {
            if (Directory.EnumerateFiles(folder, format.Pattern).Order(StringComparer.Ordinal).FirstOrDefault() is string file)
            {
                return (format, file);
            }
        }

        return null;
    }

    // Training leaves one file a step: to take any of them would be a guess.
    private static PyTorchCheckpoint OpenOnlyPth(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        int count = Directory.EnumerateFiles(folder, "*.pth").Count();
        return count == 1
            ? PyTorchCheckpoint.Open(file)
            : throw new ModelLoadException(file, $"it is one of {count} .pth files in the folder; expected one, or one that is named model_final.pth.");
    }
}
