using System.Collections.Immutable;
using CircuitSpecs.Models.Checkpoints.PyTorch;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>
/// A state dict that <c>torch.save</c> wrote: <c>pytorch_model.bin</c>, <c>*.pth</c>, as a zip archive or in the form from before PyTorch 1.6,
/// read where it lies. The pickle in it is data and never code: it is read by an interpreter that knows the few names which a state dict needs,
/// refuses every other one, and allocates nothing that the file does not account for. The device that a storage was on does not matter.
/// </summary>
public sealed class PyTorchCheckpoint : ICheckpoint
{
    private readonly StoredFile source;

    private PyTorchCheckpoint(StoredFile source, StateDict state, IReadOnlyDictionary<string, StorageData> storages)
    {
        this.source = source;
        Tensors = state.Tensors.ToImmutableSortedDictionary(
            pair => pair.Key,
            pair => (StoredTensor)new StridedTensor(pair.Key, source.Path, pair.Value, storages[pair.Value.Storage.Key]),
            StringComparer.Ordinal);
        LeftOut = state.LeftOut;
    }

    /// <inheritdoc/>
    public string File => source.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>The names of what the file holds beside the state dict, the state of a training run for example: it is read over, not used.</summary>
    public ImmutableArray<string> LeftOut { get; }

    /// <summary>Opens a file, reads its pickle and checks it against the file; no tensor is read yet.</summary>
    /// <param name="file">The path.</param>
    /// <exception cref="ModelLoadException">It is not such a file, is damaged, or its pickle refers to something that weights do not need; the message says why.</exception>
    public static PyTorchCheckpoint Open(string file)
    {
        StoredFile source = StoredFile.Open(file);
        try
        {
            byte[] first = source.Beginning(ForeignFile.BytesNeeded);
            string foreign = ForeignFile.HintToPyTorch(first);
            if (first.Length == 0 || foreign.Length > 0)
            {
                throw new ModelLoadException(file, $"the file {(first.Length == 0 ? "is empty" : "is not one of torch.save")}, expected a state dict.{foreign}");
            }

            TorchContent content = first.AsSpan().StartsWith("PK"u8) ? TorchArchive.Read(source) : LegacyTorchFile.Read(source);
            StateDict state = StateDict.Find(file, content.Value);
            RequireProportion(source, state);
            return new PyTorchCheckpoint(source, state, content.Storages);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyBytes(StoredTensor tensor, long start, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor is not StridedTensor strided)
        {
            throw new ArgumentException($"'{tensor.Name}' is not a tensor of this checkpoint.", nameof(tensor));
        }

        strided.CopyBytes(start, destination);
    }

    /// <summary>Closes the file. Tensors that were read from it live on.</summary>
    public void Dispose() => source.Dispose();

    // Several names may share a storage, and a stride of 0 repeats elements: both are legal, and both let a small file ask for much memory.
    private static void RequireProportion(StoredFile source, StateDict state)
    {
        UInt128 allowed = (UInt128)Math.Max(ZipDirectory.AlwaysAllowed, source.Length * ZipDirectory.LargestGrowth);
        UInt128 sum = 0;
        foreach ((string name, TensorView view) in state.Tensors)
        {
            sum += (UInt128)view.ByteCount;
            if (sum > allowed)
            {
                throw new ModelLoadException(source.Path, $"tensor {Quoted.Of(name)}, shape {StoredTensor.ShapeTextOf(view.Shape)}, repeats elements: with it the tensors take more than {ZipDirectory.LargestGrowth} times the file's {source.Length} bytes.");
            }
        }
    }
}
