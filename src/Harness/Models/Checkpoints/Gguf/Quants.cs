using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// What the block formats have in common: 16 small integers become 16 floats. Inlined into loops that are optimised at once: a model is loaded before
/// the runtime would find out that they are worth it.
/// </summary>
internal static class Quants
{
    /// <summary>A float16 at a byte of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float HalfAt(ReadOnlySpan<byte> block, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[at..]);

    /// <summary>The low halves of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Low(Vector128<byte> quants) => quants & Vector128.Create((byte)0x0F);

    /// <summary>The high halves of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> High(Vector128<byte> quants) => quants >>> 4;

    /// <summary>Bits of 16 bytes, moved down to bit 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Bits(Vector128<byte> quants, int shift, byte mask) => (quants >>> shift) & Vector128.Create(mask);

    /// <summary>scale · q + offset for 16 unsigned quants; the product is rounded first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> quants, float scale, float offset, Span<float> values)
    {
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(quants);
        var factor = Vector128.Create(scale);
        var summand = Vector128.Create(offset);
        Span<float> to = values[..16];
        (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(lower);
        (Vector128<uint> third, Vector128<uint> fourth) = Vector128.Widen(upper);
        ((Vector128.ConvertToSingle(first.AsInt32()) * factor) + summand).CopyTo(to);
        ((Vector128.ConvertToSingle(second.AsInt32()) * factor) + summand).CopyTo(to[4..]);
        ((Vector128.ConvertToSingle(third.AsInt32()) * factor) + summand).CopyTo(to[8..]);
        ((Vector128.ConvertToSingle(fourth.AsInt32()) * factor) + summand).CopyTo(to[12..]);
    }

    /// <summary>scale · q for 16 signed quants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<sbyte> quants, float scale, Span<float> values)
    {
        (Vector128<short> lower, Vector128<short> upper) = Vector128.Widen(quants);
        var factor = Vector128.Create(scale);
        Span<float> to = values[..16];
        (Vector128<int> first, Vector128<int> second) = Vector128.Widen(lower);
        (Vector128<int> third, Vector128<int> fourth) = Vector128.Widen(upper);
        (Vector128.ConvertToSingle(first) * factor).CopyTo(to);
        (Vector128.ConvertToSingle(second) * factor).CopyTo(to[4..]);
        (Vector128.ConvertToSingle(third) * factor).CopyTo(to[8..]);
        (Vector128.ConvertToSingle(fourth) * factor).CopyTo(to[12..]);
    }
}
