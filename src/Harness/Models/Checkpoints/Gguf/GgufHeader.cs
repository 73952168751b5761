using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// The header of a GGUF file: magic, version, counts, metadata, one entry a tensor (<see href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md"/>). What it claims
/// is checked against the file before anything is allocated for it.
/// </summary>
/// <param name="Version">2 or 3; they have the same layout.</param>
/// <param name="Metadata">The metadata.</param>
/// <param name="Tensors">The tensors, by name.</param>
internal sealed record GgufHeader(uint Version, GgufMetadata Metadata, ImmutableSortedDictionary<string, StoredTensor> Tensors)
{
    private const int LongestName = 65_535;
    private const int DeepestArray = 8;
    private const int MostDimensions = 4;
    private const int DefaultAlignment = 32;
    private const string AlignmentKey = "general.alignment";

    // Length and type of the key and one byte of the value; length of the name, dimensions, type and offset.
    private const int SmallestEntry = 8 + 4 + 1;
    private const int SmallestTensor = 8 + 4 + 4 + 8;

    private enum ValueType : uint
    {
        UInt8,
        Int8,
        UInt16,
        Int16,
        UInt32,
        Int32,
        Float32,
        Bool,
        Text,
        List,
        UInt64,
        Int64,
        Float64,
    }

    /// <summary>Reads the header.</summary>
    /// <exception cref="ModelLoadException">It is not valid, or does not fit the file.</exception>
    public static GgufHeader Read(StoredFile file)
    {
        CheckMagic(file);
        var reader = new GgufReader(file);
        reader.Read<uint>();
        uint version = reader.Read<uint>();
        if (version is not (2 or 3))
        {
            string hint = BinaryPrimitives.ReverseEndianness(version) is 1 or 2 or 3 ? " The bytes are in the opposite order: it is a big-endian file." : "";
            throw reader.Error($"GGUF version {version}, expected 2 or 3.{hint}");
        }

        int tensors = reader.ReadCount("tensors", SmallestTensor);
        int entries = reader.ReadCount("metadata entries", SmallestEntry);
        var metadata = new GgufMetadata(file.Path, ReadMetadata(reader, entries));
        uint alignment = AlignmentOf(metadata);
        List<(string Name, GgufTensorType Type, ImmutableArray<long> Shape, ulong Offset)> infos = ReadTensors(reader, tensors, alignment);
        long dataStart = (reader.Position + alignment - 1) / alignment * alignment;
        return new GgufHeader(version, metadata, Place(file, infos, dataStart, alignment));
    }

    private static void CheckMagic(StoredFile file)
    {
        byte[] first = file.Beginning(ForeignFile.BytesNeeded);
        if (!first.AsSpan().StartsWith("GGUF"u8))
        {
            string found = first.Length == 0 ? "the file is empty" : $"found {Convert.ToHexString(first.AsSpan(0, Math.Min(4, first.Length)))}";
            throw new ModelLoadException(file.Path, $"a GGUF file begins with the bytes 47475546 (GGUF), {found}.{ForeignFile.Hint(first)}");
        }
    }

    private static ImmutableSortedDictionary<string, object> ReadMetadata(GgufReader reader, int count)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            reader.Subject = $"metadata key {i}";
            string key = reader.ReadText(LongestName);
            reader.Subject = $"metadata {Quoted.Of(key)}";
            if (!values.TryAdd(key, ReadValue(reader, (ValueType)reader.Read<uint>(), depth: 0)))
            {
                throw reader.Error("the key occurs twice.");
            }
        }

        return values.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    private static object ReadValue(GgufReader reader, ValueType type, int depth) => type switch
    {
        ValueType.UInt8 => reader.Read<byte>(),
        ValueType.Int8 => reader.Read<sbyte>(),
        ValueType.UInt16 => reader.Read<ushort>(),
        ValueType.Int16 => reader.Read<short>(),
        ValueType.UInt32 => reader.Read<uint>(),
        ValueType.Int32 => reader.Read<int>(),
        ValueType.Float32 => reader.Read<float>(),
        ValueType.Bool => reader.ReadBool(),
        ValueType.Text => reader.ReadText(),
        ValueType.List => ReadList(reader, depth + 1),
        ValueType.UInt64 => reader.Read<ulong>(),
        ValueType.Int64 => reader.Read<long>(),
        ValueType.Float64 => reader.Read<double>(),
        _ => throw UnknownType(reader, type),
    };

    private static Array ReadList(GgufReader reader, int depth)
    {
        if (depth > DeepestArray)
        {
            throw reader.Error($"lists are nested more than {DeepestArray} deep.");
        }

        var type = (ValueType)reader.Read<uint>();
        int smallest = SmallestBytes(reader, type);
        int count = reader.ReadCount("elements", smallest);
        return type switch
        {
            ValueType.UInt8 => reader.ReadMany<byte>(count),
            ValueType.Int8 => reader.ReadMany<sbyte>(count),
            ValueType.UInt16 => reader.ReadMany<ushort>(count),
            ValueType.Int16 => reader.ReadMany<short>(count),
            ValueType.UInt32 => reader.ReadMany<uint>(count),
            ValueType.Int32 => reader.ReadMany<int>(count),
            ValueType.Float32 => reader.ReadMany<float>(count),
            ValueType.UInt64 => reader.ReadMany<ulong>(count),
            ValueType.Int64 => reader.ReadMany<long>(count),
            ValueType.Float64 => reader.ReadMany<double>(count),
            ValueType.Bool => Each(count, reader.ReadBool),
            ValueType.Text => Each(count, () => reader.ReadText()),
            _ => Each(count, () => (object)ReadList(reader, depth + 1)),
        };
    }

    private static T[] Each<T>(int count, Func<T> read)
    {
        var values = new T[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = read();
        }

        return values;
    }

    private static int SmallestBytes(GgufReader reader, ValueType type) => type switch
    {
        ValueType.UInt8 or ValueType.Int8 or ValueType.Bool => 1,
        ValueType.UInt16 or ValueType.Int16 => 2,
        ValueType.UInt32 or ValueType.Int32 or ValueType.Float32 => 4,
        ValueType.UInt64 or ValueType.Int64 or ValueType.Float64 or ValueType.Text => 8,
        ValueType.List => 12,
        _ => throw UnknownType(reader, type),
    };

    private static ModelLoadException UnknownType(GgufReader reader, ValueType type) => reader.Error($"unknown value type {(uint)type}, expected 0 to {(uint)ValueType.Float64}.");

    private static uint AlignmentOf(GgufMetadata metadata) => metadata.Values.GetValueOrDefault(AlignmentKey) switch
    {
        null => DefaultAlignment,
        uint alignment when BitOperations.IsPow2(alignment) => alignment,
        _ => throw metadata.Unexpected(AlignmentKey, "a power of two (UInt32)"),
    };

    private static List<(string Name, GgufTensorType Type, ImmutableArray<long> Shape, ulong Offset)> ReadTensors(GgufReader reader, int count, uint alignment)
    {
        var infos = new List<(string, GgufTensorType, ImmutableArray<long>, ulong)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            reader.Subject = $"the name of tensor {i}";
            string name = reader.ReadText(LongestName);
            reader.Subject = $"tensor {Quoted.Of(name)}";
            if (!names.Add(name))
            {
                throw reader.Error("the name occurs twice.");
            }

            ImmutableArray<long> shape = ReadShape(reader);
            uint id = reader.Read<uint>();
            if (!GgufTensorType.Read.TryGetValue(id, out GgufTensorType? type))
            {
                throw reader.Error($"tensor type {GgufTensorType.NameOf(id)}; read are {string.Join(", ", GgufTensorType.Read.Values)}.");
            }

            ulong offset = reader.Read<ulong>();
            if (offset % alignment != 0)
            {
                throw reader.Error($"offset {offset} is not a multiple of the alignment, {alignment}.");
            }

            infos.Add((name, type, shape, offset));
        }

        return infos;
    }

    /// <summary>Dimensions, outermost first; the file has them innermost first.</summary>
    private static ImmutableArray<long> ReadShape(GgufReader reader)
    {
        uint dimensions = reader.Read<uint>();
        if (dimensions > MostDimensions)
        {
            throw reader.Error($"it has {dimensions} dimensions, expected {MostDimensions} at most.");
        }

        var shape = new long[dimensions];
        UInt128 product = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            ulong size = reader.Read<ulong>();
            product *= Math.Max(size, 1);
            if (product > long.MaxValue)
            {
                throw reader.Error($"its dimensions overflow at {size}: no file holds as many elements.");
            }

            shape[i] = (long)size;
        }

        return [.. shape];
    }

    // As llama.cpp writes them: one behind the other, each at the next multiple of the alignment.
    private static ImmutableSortedDictionary<string, StoredTensor> Place(
        StoredFile file, List<(string Name, GgufTensorType Type, ImmutableArray<long> Shape, ulong Offset)> infos, long dataStart, uint alignment)
    {
        var tensors = ImmutableSortedDictionary.CreateBuilder<string, StoredTensor>(StringComparer.Ordinal);
        long dataLength = Math.Max(0, file.Length - dataStart);
        (long end, string before) = (0, "the header");
        foreach ((string name, GgufTensorType type, ImmutableArray<long> shape, ulong offset) in infos.OrderBy(info => info.Offset))
        {
            long count = shape.Aggregate(1L, (product, size) => product * size);
            long row = shape.IsEmpty ? 1 : shape[^1];
            if (row % type.BlockElements != 0)
            {
                throw new ModelLoadException(file.Path, $"tensor {Quoted.Of(name)}: rows of {row} elements are not a multiple of the {type.BlockElements} that a block of {type} holds.");
            }

            UInt128 bytes = (UInt128)(count / type.BlockElements) * (UInt128)type.BlockBytes;
            if (offset > (ulong)dataLength || bytes > (UInt128)((ulong)dataLength - offset))
            {
                string where = $"shape {StoredTensor.ShapeTextOf(shape)} of {type} takes {bytes} bytes from byte {offset} of the data";
                throw new ModelLoadException(file.Path, $"tensor {Quoted.Of(name)}: {where}, of which the file holds {dataLength}: it is truncated or damaged.");
            }

            if ((long)offset < end)
            {
                throw new ModelLoadException(file.Path, $"tensor {Quoted.Of(name)} overlaps {before}: it begins at byte {offset} of the data, expected {end} or later.");
            }

            if ((long)offset - end >= alignment)
            {
                throw new ModelLoadException(file.Path, $"tensor {Quoted.Of(name)} leaves {(long)offset - end} unused bytes behind {before}; expected fewer than the alignment, {alignment}.");
            }

            tensors.Add(name, new GgufTensor(name, file.Path, type, shape, dataStart + (long)offset, count));
            (end, before) = ((long)offset + (long)bytes, Quoted.Of(name));
        }

        return tensors.ToImmutable();
    }
}
