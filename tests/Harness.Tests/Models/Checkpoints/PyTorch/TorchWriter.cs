using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;

namespace CircuitSpecs.Tests.Models.Checkpoints.PyTorch;

/// <summary>Writes files as <c>torch.save</c> does, right ones and wrong ones.</summary>
internal static class TorchWriter
{
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The bytes of these numbers.</summary>
    public static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    /// <summary>A zip archive of a pickle and storages, as PyTorch writes it since 1.6.</summary>
    public static byte[] Zip(byte[] pickle, IEnumerable<(string Key, byte[] Data)> storages, CompressionLevel compression = CompressionLevel.NoCompression, string folder = "archive/") =>
        Zip([("data.pkl", pickle), ("byteorder", "little"u8.ToArray()), .. storages.Select(storage => ($"data/{storage.Key}", storage.Data)), ("version", "3\n"u8.ToArray())], compression, folder);

    /// <summary>A zip archive of any records.</summary>
    public static byte[] Zip(IEnumerable<(string Name, byte[] Data)> records, CompressionLevel compression = CompressionLevel.NoCompression, string folder = "archive/")
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] data) in records)
            {
                using Stream record = archive.CreateEntry(folder + name, compression).Open();
                record.Write(data);
            }
        }

        return stream.ToArray();
    }

    /// <summary>The form from before 1.6.</summary>
    public static byte[] Legacy(byte[] pickle, params (string Key, long Count, byte[] Data)[] storages) => Legacy(Magic, 1001, littleEndian: true, pickle, storages);

    /// <summary>The form from before 1.6, with a beginning of one's choice.</summary>
    public static byte[] Legacy(BigInteger magic, int protocol, bool littleEndian, byte[] pickle, params (string Key, long Count, byte[] Data)[] storages)
    {
        var bytes = new List<byte>();
        bytes.AddRange(PickleWriter.Of(number => number.Whole(magic)));
        bytes.AddRange(PickleWriter.Of(number => number.Whole(protocol)));
        bytes.AddRange(PickleWriter.Of(machine => machine.Dictionary(entries => entries.Text("protocol_version").Whole(protocol).Text("little_endian").Op((byte)(littleEndian ? 0x88 : 0x89)))));
        bytes.AddRange(pickle);
        bytes.AddRange(PickleWriter.Of(keys =>
        {
            keys.Op(']').Op('(');
            foreach ((string key, _, _) in storages)
            {
                keys.Text(key);
            }

            keys.Op('e');
        }));
        Span<byte> field = stackalloc byte[8];
        foreach ((_, long count, byte[] data) in storages)
        {
            BinaryPrimitives.WriteInt64LittleEndian(field, count);
            bytes.AddRange(field);
            bytes.AddRange(data);
        }

        return [.. bytes];
    }

    /// <summary>A state dict of float32 tensors, each with a storage of its own, under keys 0, 1, …</summary>
    public static byte[] StateDict(IEnumerable<(string Name, long[] Shape, float[] Values)> tensors, bool legacy = false, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        (string Name, long[] Shape, float[] Values)[] all = [.. tensors];
        byte[] pickle = PickleWriter.Of(root => root.Dictionary(entries =>
        {
            for (int index = 0; index < all.Length; index++)
            {
                (string name, long[] shape, float[] values) = all[index];
                entries.Text(name).Tensor($"{index}", "FloatStorage", values.Length, 0, shape, Strides(shape), legacy);
            }
        }));
        return legacy
            ? Legacy(pickle, [.. all.Select((tensor, index) => ($"{index}", (long)tensor.Values.Length, Bytes(tensor.Values)))])
            : Zip(pickle, all.Select((tensor, index) => ($"{index}", Bytes(tensor.Values))), compression);
    }

    private static long[] Strides(long[] shape)
    {
        long[] strides = new long[shape.Length];
        long next = 1;
        for (int dimension = shape.Length - 1; dimension >= 0; dimension--)
        {
            strides[dimension] = next;
            next *= Math.Max(shape[dimension], 1);
        }

        return strides;
    }
}
