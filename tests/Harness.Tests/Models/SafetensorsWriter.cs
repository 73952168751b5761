using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace CircuitSpecs.Tests.Models;

/// <summary>Writes safetensors files for tests, right ones and wrong ones.</summary>
internal static class SafetensorsWriter
{
    /// <summary>A file with this header, valid or not, and these data.</summary>
    public static void WriteRaw(string file, string header, ReadOnlySpan<byte> data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        File.WriteAllBytes(file, [.. length, .. text, .. data]);
    }

    /// <summary>A valid file of float32 tensors, in the order given.</summary>
    public static void Write(string file, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
    {
        var header = new Dictionary<string, object>();
        var data = new List<byte>();
        foreach ((string name, long[] shape, float[] values) in tensors)
        {
            int begin = data.Count;
            data.AddRange(MemoryMarshal.AsBytes(values.AsSpan()));
            header.Add(name, new { dtype = "F32", shape, data_offsets = new[] { begin, data.Count } });
        }

        WriteRaw(file, JsonSerializer.Serialize(header), [.. data]);
    }
}
