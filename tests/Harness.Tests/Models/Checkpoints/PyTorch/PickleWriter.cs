using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace CircuitSpecs.Tests.Models.Checkpoints.PyTorch;

/// <summary>Writes pickles operation by operation, right ones and wrong ones, in the letters of Python's <c>pickletools</c>.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> bytes = [];

    /// <summary>A pickle of protocol 2, as PyTorch writes it, ended with a stop.</summary>
    public static byte[] Of(Action<PickleWriter> write)
    {
        PickleWriter pickle = new PickleWriter().Op(0x80, 2);
        write(pickle);
        return [.. pickle.Op('.').bytes];
    }

    /// <summary>The operations alone.</summary>
    public static byte[] Raw(Action<PickleWriter> write)
    {
        var pickle = new PickleWriter();
        write(pickle);
        return [.. pickle.bytes];
    }

    public PickleWriter Op(char operation) => Op((byte)operation);

    public PickleWriter Op(params ReadOnlySpan<byte> raw)
    {
        bytes.AddRange(raw);
        return this;
    }

    public PickleWriter Line(string line) => Op(Encoding.ASCII.GetBytes($"{line}\n"));

    public PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return Op('X').Int32(utf8.Length).Op(utf8);
    }

    public PickleWriter Int32(int value)
    {
        Span<byte> field = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(field, value);
        return Op(field);
    }

    public PickleWriter Int64(long value)
    {
        Span<byte> field = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(field, value);
        return Op(field);
    }

    public PickleWriter Whole(BigInteger value)
    {
        byte[] field = value.ToByteArray();
        return value is { IsZero: false } && value >= 0 && value < 256 ? Op((byte)'K', (byte)value) : Op(0x8A, (byte)field.Length).Op(field);
    }

    public PickleWriter Global(string module, string name) => Op('c').Line(module).Line(name);

    public PickleWriter Tuple(Action<PickleWriter> items)
    {
        Op('(');
        items(this);
        return Op('t');
    }

    public PickleWriter Wholes(params ReadOnlySpan<long> values)
    {
        Op('(');
        foreach (long value in values)
        {
            Whole(value);
        }

        return Op('t');
    }

    public PickleWriter Dictionary(Action<PickleWriter> entries)
    {
        Op('}').Op('(');
        entries(this);
        return Op('u');
    }

    public PickleWriter NoHooks() => Global("collections", "OrderedDict").Op(')').Op('R');

    public PickleWriter Storage(string key, string storageClass, long count, bool legacy = false) => Tuple(id =>
    {
        id.Text("storage").Global("torch", storageClass).Text(key).Text("cuda:0").Whole(count);
        if (legacy)
        {
            id.Op('N');
        }
    }).Op('Q');

    /// <summary>A tensor as <c>torch._utils._rebuild_tensor_v2</c> makes it.</summary>
    public PickleWriter Tensor(string key, string storageClass, long count, long offset, long[] shape, long[] strides, bool legacy = false) => Global("torch._utils", "_rebuild_tensor_v2")
        .Tuple(arguments => arguments.Storage(key, storageClass, count, legacy).Whole(offset).Wholes(shape).Wholes(strides).Op(0x89).NoHooks())
        .Op('R');

    /// <summary>A float32 vector that fills its storage.</summary>
    public PickleWriter Vector(string key, long count, bool legacy = false) => Tensor(key, "FloatStorage", count, 0, [count], [1], legacy);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{bytes.Count} bytes");
}
