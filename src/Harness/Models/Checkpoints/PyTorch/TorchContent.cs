namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>What a file of <c>torch.save</c> holds.</summary>
/// <param name="Value">The object that was saved.</param>
/// <param name="Storages">The bytes of the storages that it refers to, by their keys.</param>
internal sealed record TorchContent(object? Value, IReadOnlyDictionary<string, StorageData> Storages)
{
    /// <summary>The longest pickle that is read. A tensor takes about 100 bytes.</summary>
    public const int LongestPickle = 1 << 26;
}
