using System.Collections.Immutable;
using System.Text.Json;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>
/// The JSON header of a safetensors file. What it says is checked against the file before anything is allocated for it: the tensors have
/// to cover the data exactly, without overlap, hole or rest.
/// </summary>
internal static class SafetensorsHeader
{
    private const string Metadata = "__metadata__";

    /// <summary>Reads the header.</summary>
    /// <param name="file">The file, for messages and for the result.</param>
    /// <param name="utf8">The bytes of the header.</param>
    /// <param name="dataStart">The byte of the file at which the data begins.</param>
    /// <param name="dataLength">The number of bytes from there to the end of the file.</param>
    /// <exception cref="ModelLoadException">The header is not valid, or does not fit the file.</exception>
    public static ImmutableSortedDictionary<string, StoredTensor> Read(string file, ReadOnlyMemory<byte> utf8, long dataStart, long dataLength)
    {
        if (utf8.Span[0] != '{')
        {
            throw new ModelLoadException(file, $"the header has to begin with '{{', found byte 0x{utf8.Span[0]:X2}.");
        }

        JsonElement header = StrictJson.Parse(file, "the header", utf8);
        var tensors = new List<StoredTensor>();
        foreach (JsonProperty entry in header.EnumerateObject())
        {
            if (entry.Name == Metadata)
            {
                CheckMetadata(file, entry.Value);
            }
            else
            {
                tensors.Add(ReadTensor(file, entry, dataStart, dataLength));
            }
        }

        CheckCoverage(file, tensors, dataStart, dataLength);
        return tensors.ToImmutableSortedDictionary(tensor => tensor.Name, tensor => tensor, StringComparer.Ordinal);
    }

    private static void CheckMetadata(string file, JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object || metadata.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String))
        {
            throw new ModelLoadException(file, $"{Metadata} has to map names to strings, found {StrictJson.Excerpt(metadata)}.");
        }
    }

    private static StoredTensor ReadTensor(string file, JsonProperty entry, long dataStart, long dataLength)
    {
        string name = entry.Name;
        if (entry.Value.ValueKind != JsonValueKind.Object)
        {
            throw new ModelLoadException(file, $"tensor {Quoted.Of(name)}: expected an object with dtype, shape and data_offsets, found {StrictJson.Excerpt(entry.Value)}.");
        }

        foreach (JsonProperty field in entry.Value.EnumerateObject())
        {
            if (field.Name is not ("dtype" or "shape" or "data_offsets"))
            {
                throw new ModelLoadException(file, $"tensor {Quoted.Of(name)}: unknown field {Quoted.Of(field.Name)}, expected dtype, shape and data_offsets only.");
            }
        }

        JsonElement dtype = Field(file, entry, "dtype");
        if (dtype.ValueKind != JsonValueKind.String || !ElementType.ByName.TryGetValue(dtype.GetString()!, out ElementType? type))
        {
            throw new ModelLoadException(file, $"tensor {Quoted.Of(name)}: unknown dtype {StrictJson.Excerpt(dtype)}, expected one of {string.Join(", ", ElementType.ByName.Keys)}.");
        }

        ImmutableArray<long> shape = WholeNumbers(file, entry, "shape");
        ImmutableArray<long> offsets = WholeNumbers(file, entry, "data_offsets");
        if (offsets.Length != 2)
        {
            throw new ModelLoadException(file, $"tensor {Quoted.Of(name)}: data_offsets has to hold two numbers, found {offsets.Length}.");
        }

        (long begin, long end) = (offsets[0], offsets[1]);
        if (end < begin || end > dataLength)
        {
            throw new ModelLoadException(file, $"tensor {Quoted.Of(name)}: data_offsets {begin} to {end} do not lie in order within the {dataLength} bytes of data that the file holds.");
        }

        if (ByteCount(shape, type.Size) is not long bytes)
        {
            throw new ModelLoadException(file, $"tensor {Quoted.Of(name)}: shape {StoredTensor.ShapeTextOf(shape)} overflows: no file holds as many elements.");
        }

        if (bytes != end - begin)
        {
            throw new ModelLoadException(file, $"tensor {Quoted.Of(name)}: shape {StoredTensor.ShapeTextOf(shape)} of {type} takes {bytes} bytes, data_offsets {begin} to {end} give {end - begin}.");
        }

        return new StoredTensor(name, file, type, shape, dataStart + begin, bytes);
    }

    private static JsonElement Field(string file, JsonProperty entry, string field) => entry.Value.TryGetProperty(field, out JsonElement value)
        ? value
        : throw new ModelLoadException(file, $"tensor {Quoted.Of(entry.Name)}: {field} is missing.");

    private static ImmutableArray<long> WholeNumbers(string file, JsonProperty entry, string field)
    {
        JsonElement array = Field(file, entry, field);
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new ModelLoadException(file, $"tensor {Quoted.Of(entry.Name)}: {field} has to be an array, found {StrictJson.Excerpt(array)}.");
        }

        var numbers = ImmutableArray.CreateBuilder<long>(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            numbers.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) && number >= 0
                ? number
                : throw new ModelLoadException(file, $"tensor {Quoted.Of(entry.Name)}: {field} has to hold whole numbers from 0 to {long.MaxValue}, found {StrictJson.Excerpt(item)}."));
        }

        return numbers.MoveToImmutable();
    }

    // A size of zero makes the product small, but strides are products of the other sizes: those have to fit as well.
    private static long? ByteCount(ImmutableArray<long> shape, int elementSize)
    {
        UInt128 product = (UInt128)elementSize;
        foreach (long size in shape)
        {
            product *= (UInt128)Math.Max(size, 1);
            if (product > (UInt128)long.MaxValue)
            {
                return null;
            }
        }

        return shape.Contains(0) ? 0 : (long)product;
    }

    private static void CheckCoverage(string file, List<StoredTensor> tensors, long dataStart, long dataLength)
    {
        long covered = 0;
        string before = "the header";
        foreach (StoredTensor tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteCount))
        {
            long begin = tensor.Offset - dataStart;
            if (begin != covered)
            {
                string what = begin < covered ? $"overlaps {before}" : $"leaves {begin - covered} unused bytes behind {before}";
                throw new ModelLoadException(file, $"tensor {Quoted.Of(tensor.Name)} {what}: it begins at byte {begin} of the data, expected {covered}.");
            }

            covered += tensor.ByteCount;
            before = Quoted.Of(tensor.Name);
        }

        if (covered != dataLength)
        {
            throw new ModelLoadException(file, $"{dataLength - covered} bytes follow the last tensor: the tensors end at byte {covered} of {dataLength} bytes of data.");
        }
    }
}
