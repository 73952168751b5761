using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>
/// The container that <c>torch.save</c> wrote before PyTorch 1.6: pickles of a magic number, a protocol version, a description of the
/// machine, the object and the keys of its storages, then each storage's number of elements in 8 bytes with the elements behind it.
/// </summary>
internal sealed class LegacyTorchFile
{
    private const int ProtocolVersion = 1001;
    private const int CountLength = 8;

    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly StoredFile source;
    private readonly Stream stream;

    private LegacyTorchFile(StoredFile source, Stream stream)
    {
        this.source = source;
        this.stream = stream;
    }

    /// <summary>Reads the object; checks that the storages are there, but reads none yet.</summary>
    /// <param name="source">The file.</param>
    /// <exception cref="ModelLoadException">It is no such file, is damaged, or holds something that weights do not need.</exception>
    public static TorchContent Read(StoredFile source)
    {
        using Stream stream = source.StreamOf(0, Math.Min(source.Length, TorchContent.LongestPickle));
        return new LegacyTorchFile(source, stream).Read();
    }

    private TorchContent Read()
    {
        if (ReadPickle("the magic number") is not BigInteger magic || magic != Magic)
        {
            throw Error("it begins with a pickle that is not the magic number of PyTorch: a wrong number, or a pickle that PyTorch did not write.");
        }

        object? protocol = ReadPickle("the protocol version");
        if (protocol is not (long)ProtocolVersion)
        {
            throw Error($"its protocol version is {(protocol is long version ? version : TorchObjects.KindOf(protocol))}, expected {ProtocolVersion}.");
        }

        RequireLittleEndian(ReadPickle("the description of the machine"));
        var unpickler = new Unpickler(new PickleInput(source.Path, "the pickle of the object", stream));
        object? value = unpickler.Read();
        object? keys = ReadPickle("the keys of the storages");
        return new TorchContent(value, Locate(keys, unpickler.Objects.Storages));
    }

    private object? ReadPickle(string what)
    {
        var unpickler = new Unpickler(new PickleInput(source.Path, $"the pickle of {what}", stream));
        object? value = unpickler.Read();
        return unpickler.Objects.Storages.Count == 0 ? value : throw Error($"the pickle of {what} holds storages.");
    }

    private void RequireLittleEndian(object? machine)
    {
        if (machine is not PickledDictionary dictionary)
        {
            throw Error($"the description of the machine is {TorchObjects.KindOf(machine)}, expected a dictionary.");
        }

        if (dictionary.Entries.Any(entry => entry.Key is "little_endian" && entry.Value is not true))
        {
            throw Error("it was written on a big-endian machine, which is not supported: load and save it on a little-endian one.");
        }
    }

    private Dictionary<string, StorageData> Locate(object? keys, IReadOnlyDictionary<string, StorageReference> storages)
    {
        var located = new Dictionary<string, StorageData>(StringComparer.Ordinal);
        long position = stream.Position;
        foreach (object? item in keys as List<object?> ?? throw Error($"the keys of the storages are {TorchObjects.KindOf(keys)}, expected a list."))
        {
            if (item is not string key || !storages.TryGetValue(key, out StorageReference? storage))
            {
                throw Error($"the keys of the storages name {TorchObjects.KindOf(item)}, which the object does not refer to.");
            }

            position = Locate(storage, position, out PlainStorage data);
            if (!located.TryAdd(key, data))
            {
                throw Error($"the keys of the storages name {Quoted.Of(key)} twice.");
            }
        }

        if (storages.Values.FirstOrDefault(storage => !located.ContainsKey(storage.Key)) is StorageReference missing)
        {
            throw Error($"the object refers to storage {missing}, which is not among the keys of the storages.");
        }

        return position == source.Length ? located : throw Error($"{source.Length - position} bytes follow the last storage.");
    }

    private long Locate(StorageReference storage, long position, out PlainStorage data)
    {
        if (source.Length - position < CountLength)
        {
            throw Error($"it ends before storage {storage}: it is truncated.");
        }

        Span<byte> countField = stackalloc byte[CountLength];
        source.Read(position, countField);
        long count = BinaryPrimitives.ReadInt64LittleEndian(countField);
        if (count != storage.Count)
        {
            throw Error($"storage {storage} has {count} elements where it lies, at byte {position}.");
        }

        position += CountLength;
        if (storage.ByteCount > source.Length - position)
        {
            throw Error($"storage {storage} takes {storage.ByteCount} bytes from byte {position} on, but the file ends after {source.Length - position}: it is truncated.");
        }

        data = new PlainStorage(source, position);
        return position + storage.ByteCount;
    }

    private ModelLoadException Error(string problem) => new(source.Path, $"the file cannot be used as one of torch.save: {problem}");
}
