using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp;

public static partial class TensorExtensionMethods
{
    public static Parameter AsParameter(this Tensor tensor) => new(tensor);

    /// <summary>Writes the type, the shape and the elements, in TorchSharp's own format.</summary>
    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        long[] shape = tensor.shape;
        writer.WriteLength((long)tensor.dtype);
        writer.WriteLength(shape.Length);
        foreach (long size in shape) writer.WriteLength(size);
        writer.Flush();
        tensor.WriteBytesToStream(writer.BaseStream, BufferSize);
    }

    public static void Save(this Tensor tensor, Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        tensor.Save(writer);
    }

    public static void Save(this Tensor tensor, string location)
    {
        using FileStream stream = File.Create(location);
        tensor.Save(stream);
    }

    /// <summary>Reads a tensor into the elements of this one, or over it.</summary>
    /// <exception cref="ArgumentException">The type, or (unless it is skipped) the shape, is another.</exception>
    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        (ScalarType type, long[] shape) = ReadHeader(reader);
        if (type != tensor.dtype)
            throw new ArgumentException($"Mismatched tensor data types while loading: {type} in the file, {tensor.dtype} in the target. Make sure that the model you are loading into is exactly the same as the origin.");
        ReadElements(tensor, reader, shape, skip);
    }

    public static Tensor Load(BinaryReader reader, bool skip = false)
    {
        (ScalarType type, long[] shape) = ReadHeader(reader);
        Tensor result = skip ? zeros(shape, type) : empty(shape, type);
        ReadElements(result, reader, shape, skip);
        return result;
    }

    public static void Load(ref Tensor? tensor, BinaryReader reader, bool skip = false)
    {
        if (tensor is null) tensor = Load(reader, skip);
        else tensor.Load(reader, skip);
    }

    private const int BufferSize = 1 << 16;

    private static (ScalarType type, long[] shape) ReadHeader(BinaryReader reader)
    {
        var type = (ScalarType)reader.ReadLength();
        if (!type.IsFloat() && !type.IsInteger() && type != ScalarType.Bool) throw new InvalidDataException($"Not a tensor that the engine can read: element type {type}.");
        var shape = new long[reader.ReadLength()];
        for (int i = 0; i < shape.Length; i++) shape[i] = reader.ReadLength();
        return (type, shape);
    }

    private static void ReadElements(Tensor tensor, BinaryReader reader, long[] shape, bool skip)
    {
        if (skip)
        {
            reader.BaseStream.Seek(Shapes.Count(shape) * tensor.element_size(), SeekOrigin.Current);
            return;
        }

        if (!shape.AsSpan().SequenceEqual(tensor.shape))
            throw new ArgumentException($"Mismatched tensor shape while loading: {Shapes.Text(shape)} in the file, {Shapes.Text(tensor.shape)} in the target. Make sure that the model you are loading into is exactly the same as the origin.");
        using IDisposable mode = no_grad();
        tensor.ReadBytesFromStream(reader.BaseStream, BufferSize);
    }
}
