using System.Runtime.InteropServices;
using System.Text;

namespace CircuitSpecs.Tests.Models.Checkpoints.Gguf;

/// <summary>Writes GGUF files for tests, valid or not: whatever it is given.</summary>
internal sealed class GgufWriter
{
    private readonly List<(string Key, object Value)> metadata = [];
    private readonly List<(string Name, uint Type, long[] Shape, byte[] Data)> tensors = [];

    public uint Version { get; init; } = 3;

    public uint Alignment { get; init; } = 32;

    /// <summary>The bytes up to the tensors' data, after <see cref="ToBytes"/>.</summary>
    public int HeaderLength { get; private set; }

    public GgufWriter Add(string key, object value)
    {
        metadata.Add((key, value));
        return this;
    }

    /// <summary>Replaces the value of a key, or takes it away.</summary>
    public GgufWriter Set(string key, object? value)
    {
        metadata.RemoveAll(entry => entry.Key == key);
        return value is null ? this : Add(key, value);
    }

    /// <param name="name">The tensor's name.</param>
    /// <param name="type">The number of its type.</param>
    /// <param name="shape">Dimensions, outermost first.</param>
    /// <param name="data">Its bytes.</param>
    public GgufWriter Tensor(string name, uint type, long[] shape, byte[] data)
    {
        tensors.Add((name, type, shape, data));
        return this;
    }

    public GgufWriter Tensor(string name, long[] shape, float[] values) => Tensor(name, 0, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public GgufWriter Without(string name)
    {
        tensors.RemoveAll(tensor => tensor.Name == name);
        return this;
    }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        foreach ((string key, object value) in metadata)
        {
            Write(writer, key);
            writer.Write(TypeOf(value.GetType()));
            WriteValue(writer, value);
        }

        ulong offset = 0;
        foreach ((string name, uint type, long[] shape, byte[] data) in tensors)
        {
            Write(writer, name);
            writer.Write(shape.Length);
            foreach (long size in shape.Reverse())
            {
                writer.Write(size);
            }

            writer.Write(type);
            writer.Write(offset);
            offset += (ulong)Padded(data.Length);
        }

        HeaderLength = (int)stream.Position;
        Pad(writer);
        foreach ((_, _, _, byte[] data) in tensors)
        {
            writer.Write(data);
            Pad(writer);
        }

        return stream.ToArray();
    }

    public string Save(string path)
    {
        File.WriteAllBytes(path, ToBytes());
        return path;
    }

    private static void Write(BinaryWriter writer, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)utf8.Length);
        writer.Write(utf8);
    }

    private static uint TypeOf(Type type) => type switch
    {
        _ when type == typeof(byte) => 0,
        _ when type == typeof(sbyte) => 1,
        _ when type == typeof(ushort) => 2,
        _ when type == typeof(short) => 3,
        _ when type == typeof(uint) => 4,
        _ when type == typeof(int) => 5,
        _ when type == typeof(float) => 6,
        _ when type == typeof(bool) => 7,
        _ when type == typeof(string) => 8,
        _ when type.IsArray => 9,
        _ when type == typeof(ulong) => 10,
        _ when type == typeof(long) => 11,
        _ when type == typeof(double) => 12,
        _ => throw new NotSupportedException(type.Name),
    };

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case byte number: writer.Write(number); break;
            case sbyte number: writer.Write(number); break;
            case ushort number: writer.Write(number); break;
            case short number: writer.Write(number); break;
            case uint number: writer.Write(number); break;
            case int number: writer.Write(number); break;
            case float number: writer.Write(number); break;
            case bool flag: writer.Write(flag); break;
            case string text: Write(writer, text); break;
            case ulong number: writer.Write(number); break;
            case long number: writer.Write(number); break;
            case double number: writer.Write(number); break;
            case Array list:
                writer.Write(TypeOf(list.GetType().GetElementType()!));
                writer.Write((ulong)list.Length);
                foreach (object item in list)
                {
                    WriteValue(writer, item);
                }

                break;
            default: throw new NotSupportedException(value.GetType().Name);
        }
    }

    private long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private void Pad(BinaryWriter writer)
    {
        for (long rest = Padded(writer.BaseStream.Position) - writer.BaseStream.Position; rest > 0; rest--)
        {
            writer.Write((byte)0);
        }
    }
}
