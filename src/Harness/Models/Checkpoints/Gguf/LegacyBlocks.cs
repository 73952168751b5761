using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// Blocks of 32 weights with one float16 scale d, and a float16 minimum m in the types whose name ends in 1. Byte j of the quants holds weight j in its low
/// and weight j + 16 in its high half. Products are rounded before the minimum is added, as the reference does.
/// </summary>
internal static class LegacyBlocks
{
    private const int Weights = 32;

    /// <summary>d (q − 8); 2 + 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ4Zero(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 18, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 18);
            float scale = Quants.HalfAt(block, 0);
            Vector128<byte> quants = Vector128.Create(block[2..]);
            Quants.Store((Quants.Low(quants) - Vector128.Create((byte)8)).AsSByte(), scale, values[to..]);
            Quants.Store((Quants.High(quants) - Vector128.Create((byte)8)).AsSByte(), scale, values[(to + 16)..]);
        }
    }

    /// <summary>d q + m; 2 + 2 + 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ4One(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 20, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 20);
            float scale = Quants.HalfAt(block, 0);
            float minimum = Quants.HalfAt(block, 2);
            Vector128<byte> quants = Vector128.Create(block[4..]);
            Quants.Store(Quants.Low(quants), scale, minimum, values[to..]);
            Quants.Store(Quants.High(quants), scale, minimum, values[(to + 16)..]);
        }
    }

    /// <summary>d (q − 16), the fifth bits in 4 bytes of their own; 2 + 4 + 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ5Zero(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 22, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 22);
            float scale = Quants.HalfAt(block, 0);
            uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(block[2..]);
            Vector128<byte> quants = Vector128.Create(block[6..]);
            Quants.Store(((Quants.Low(quants) | FifthBits(fifth)) - Vector128.Create((byte)16)).AsSByte(), scale, values[to..]);
            Quants.Store(((Quants.High(quants) | FifthBits(fifth >> 16)) - Vector128.Create((byte)16)).AsSByte(), scale, values[(to + 16)..]);
        }
    }

    /// <summary>d q + m, the fifth bits in 4 bytes of their own; 2 + 2 + 4 + 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ5One(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 24, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 24);
            float scale = Quants.HalfAt(block, 0);
            float minimum = Quants.HalfAt(block, 2);
            uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
            Vector128<byte> quants = Vector128.Create(block[8..]);
            Quants.Store(Quants.Low(quants) | FifthBits(fifth), scale, minimum, values[to..]);
            Quants.Store(Quants.High(quants) | FifthBits(fifth >> 16), scale, minimum, values[(to + 16)..]);
        }
    }

    /// <summary>d q with signed bytes; 2 + 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ8Zero(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 34, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 34);
            float scale = Quants.HalfAt(block, 0);
            Quants.Store(Vector128.Create(block[2..]).AsSByte(), scale, values[to..]);
            Quants.Store(Vector128.Create(block[18..]).AsSByte(), scale, values[(to + 16)..]);
        }
    }

    /// <summary>16 in every lane whose bit is set in the lower 16 bits: lane j belongs to bit j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> FifthBits(uint bits)
    {
        Vector128<byte> spread = Vector128.Create(Vector64.Create((byte)bits), Vector64.Create((byte)(bits >> 8)));
        var own = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, (byte)128);
        return Vector128.Equals(spread & own, own) & Vector128.Create((byte)16);
    }
}
