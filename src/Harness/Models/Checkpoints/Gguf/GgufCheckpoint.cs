using System.Collections.Immutable;
using CircuitSpecs.Models.Architectures;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// The model in a <c>.gguf</c> file, as if Hugging Face had stored it: its names, the order of its rows, and its configuration, made from the metadata.
/// </summary>
public sealed class GgufCheckpoint : ICheckpoint
{
    private readonly GgufFile container;

    private GgufCheckpoint(GgufFile container, ConfigFile configuration, ImmutableSortedDictionary<string, StoredTensor> tensors)
    {
        this.container = container;
        Configuration = configuration;
        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string File => container.File;

    /// <summary>The configuration that the metadata give.</summary>
    public ConfigFile Configuration { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens a file and reads what it says of its model; no tensor is read yet.</summary>
    /// <param name="file">The path.</param>
    /// <exception cref="ModelLoadException">It is not a valid GGUF file, not of a model, or of one whose architecture or options are not supported.</exception>
    public static GgufCheckpoint Open(string file)
    {
        GgufFile container = GgufFile.Open(file);
        try
        {
            GgufArchitecture architecture = GgufArchitecture.Of(container);
            return new GgufCheckpoint(container, architecture.Configuration(container), Translate(container, architecture));
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyBytes(StoredTensor tensor, long start, Span<byte> destination)
    {
        if (((GgufTensor)tensor).PairedHeads is int heads)
        {
            CopyRows((GgufTensor)tensor, heads, start, destination);
        }
        else
        {
            container.CopyBytes(tensor, start, destination);
        }
    }

    /// <inheritdoc/>
    public void CopyEncoded(StoredTensor tensor, long start, Span<byte> destination) => container.CopyEncoded(tensor, start, destination);

    /// <summary>Closes the file. Tensors that were read from it live on.</summary>
    public void Dispose() => container.Dispose();

    private static ImmutableSortedDictionary<string, StoredTensor> Translate(GgufFile container, GgufArchitecture architecture)
    {
        var tensors = ImmutableSortedDictionary.CreateBuilder<string, StoredTensor>(StringComparer.Ordinal);
        foreach (GgufTensor tensor in container.Tensors.Values.Cast<GgufTensor>().Where(tensor => !GgufArchitecture.IsDerived(tensor.Name)))
        {
            string name = GgufArchitecture.NameOf(tensor.Name);
            if (!tensors.TryAdd(name, tensor with { Name = name, PairedHeads = architecture.PairedHeads(container, tensor) }))
            {
                throw new ModelLoadException(container.File, $"tensor {Quoted.Of(tensor.Name)} and another one both stand for {Quoted.Of(name)}.");
            }
        }

        return tensors.ToImmutable();
    }

    // Within a head of d rows, row i is stored as row 2i and row i + d/2 as row 2i + 1.
    private void CopyRows(GgufTensor tensor, int heads, long start, Span<byte> destination)
    {
        long rowBytes = tensor.ByteCount / tensor.Shape[0];
        long headRows = tensor.Shape[0] / heads;
        while (!destination.IsEmpty)
        {
            (long row, long within) = Math.DivRem(start, rowBytes);
            (long head, long place) = Math.DivRem(row, headRows);
            (long part, long pair) = Math.DivRem(place, headRows / 2);
            int count = (int)Math.Min(destination.Length, rowBytes - within);
            container.CopyBytes(tensor, (((head * headRows) + (2 * pair) + part) * rowBytes) + within, destination[..count]);
            start += count;
            destination = destination[count..];
        }
    }
}
