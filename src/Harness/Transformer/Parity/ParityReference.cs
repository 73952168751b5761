using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Transformer.Parity;

/// <summary>Reads what another program computed from a safetensors file.</summary>
public static class ParityReference
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="file">A safetensors file of F32, F64, F16, BF16, I64 or I32 tensors.</param>
    /// <exception cref="ModelLoadException">It is not such a file.</exception>
    public static IReadOnlyDictionary<string, ReferenceTensor> Read(string file)
    {
        using SafetensorsFile stored = SafetensorsFile.Open(file);
        var tensors = new SortedDictionary<string, ReferenceTensor>(StringComparer.Ordinal);
        foreach (StoredTensor tensor in stored.Tensors.Values)
        {
            byte[] bytes = new byte[checked((int)tensor.ByteCount)];
            stored.CopyBytes(tensor, 0, bytes);
            tensors.Add(tensor.Name, new ReferenceTensor(tensor.Shape, ImmutableCollectionsMarshal.AsImmutableArray(Values(tensor, bytes))));
        }

        return tensors;
    }

    private static double[] Values(StoredTensor tensor, byte[] bytes) => tensor.Type.Name switch
    {
        "F32" => Widened<float>(bytes, value => value),
        "F64" => Widened<double>(bytes, value => value),
        "F16" => Widened<Half>(bytes, value => (double)value),
        "BF16" => Widened<ushort>(bytes, upper => BitConverter.UInt32BitsToSingle((uint)upper << 16)),
        "I64" => Widened<long>(bytes, value => value),
        "I32" => Widened<int>(bytes, value => value),
        _ => throw new ModelLoadException(tensor.File, $"'{tensor.Name}' is stored as {tensor.Type}; expected F32, F64, F16, BF16, I64 or I32."),
    };

    private static double[] Widened<T>(byte[] bytes, Converter<T, double> widen)
        where T : struct => Array.ConvertAll(MemoryMarshal.Cast<byte, T>(bytes).ToArray(), widen);
}
