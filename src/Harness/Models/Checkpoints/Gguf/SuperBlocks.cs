using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// The K types: blocks of 256 weights with one float16 scale d (and one for minima, dmin), cut into groups of 16 or 32 whose own small scales are integers.
/// Products are rounded in the reference's order: d times the group's scale, times the quant, minus the group's minimum.
/// </summary>
internal static class SuperBlocks
{
    private const int Weights = 256;
    private const int Half = 128;

    /// <summary>2 bits, groups of 16 with 4-bit scales and minima: scales 16, quants 64, d 2, dmin 2 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ2(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 84, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 84);
            (float scale, float minimum) = (Quants.HalfAt(block, 80), Quants.HalfAt(block, 82));
            for (int group = 0; group < 16; group++)
            {
                Vector128<byte> quants = Quants.Bits(QuarterQuants(block[16..], group), ShiftOf(group), 3);
                Quants.Store(quants, scale * (block[group] & 0x0F), -(minimum * (block[group] >> 4)), values[(to + (16 * group))..]);
            }
        }
    }

    /// <summary>3 bits, groups of 16 with 6-bit scales: third bits 32 (a clear bit subtracts 4), quants 64, scales 12, d 2 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ3(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 110, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 110);
            float scale = Quants.HalfAt(block, 108);
            ReadOnlySpan<byte> scales = block[96..];
            for (int group = 0; group < 16; group++)
            {
                int low = group < 8 ? scales[group] & 0x0F : scales[group - 8] >> 4;
                int high = (scales[8 + (group % 4)] >> (2 * (group / 4))) & 3;
                Vector128<byte> third = Quants.Bits(Vector128.Create(block[(16 * (group % 2))..]), group / 2, 1);
                Vector128<byte> quants = Quants.Bits(QuarterQuants(block[32..], group), ShiftOf(group), 3) | (third << 2);
                Quants.Store((quants - Vector128.Create((byte)4)).AsSByte(), scale * ((low | (high << 4)) - 32), values[(to + (16 * group))..]);
            }
        }
    }

    /// <summary>4 bits, groups of 32 with 6-bit scales and minima: d 2, dmin 2, scales 12, quants 128 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ4(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 144, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 144);
            for (int part = 0; part < 16; part++)
            {
                (float scale, float minimum) = GroupOf(block, part / 2);
                Vector128<byte> quants = NibblesOf(block[16..], part);
                Quants.Store(quants, scale, minimum, values[(to + (16 * part))..]);
            }
        }
    }

    /// <summary>5 bits, groups of 32 with 6-bit scales and minima: d 2, dmin 2, scales 12, fifth bits 32, quants 128 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ5(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 176, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 176);
            for (int part = 0; part < 16; part++)
            {
                (float scale, float minimum) = GroupOf(block, part / 2);
                Vector128<byte> fifth = Quants.Bits(Vector128.Create(block[(16 + (16 * (part % 2)))..]), part / 2, 1);
                Quants.Store(NibblesOf(block[48..], part) | (fifth << 4), scale, minimum, values[(to + (16 * part))..]);
            }
        }
    }

    /// <summary>6 bits, groups of 16 with signed 8-bit scales: lower four bits 128, upper two 64, scales 16, d 2 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadQ6(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; to < values.Length; at += 210, to += Weights)
        {
            ReadOnlySpan<byte> block = blocks.Slice(at, 210);
            float scale = Quants.HalfAt(block, 208);
            for (int group = 0; group < 16; group++)
            {
                // In each half of the block, 64 bytes hold the low bits of 4 × 32 weights: two rows of 32 bytes, low halves first.
                (int half, int row, int side) = (group / 8, group % 8 / 2, group % 2);
                Vector128<byte> bytes = Vector128.Create(block[((64 * half) + (32 * (row % 2)) + (16 * side))..]);
                Vector128<byte> low = row < 2 ? Quants.Low(bytes) : Quants.High(bytes);
                Vector128<byte> high = Quants.Bits(Vector128.Create(block[(Half + (32 * half) + (16 * side))..]), 2 * row, 3);
                Vector128<sbyte> quants = ((low | (high << 4)) - Vector128.Create((byte)32)).AsSByte();
                Quants.Store(quants, scale * (sbyte)block[192 + group], values[(to + (16 * group))..]);
            }
        }
    }

    // 32 bytes hold 4 × 32 weights of 2 bits: the first 32 in the lowest bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> QuarterQuants(ReadOnlySpan<byte> quants, int group) => Vector128.Create(quants[((32 * (group / 8)) + (16 * (group % 2)))..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ShiftOf(int group) => 2 * (group % 8 / 2);

    // 32 bytes hold 2 × 32 weights: the first 32 in the low halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> NibblesOf(ReadOnlySpan<byte> quants, int part)
    {
        Vector128<byte> bytes = Vector128.Create(quants[((32 * (part / 4)) + (16 * (part % 2)))..]);
        return part / 2 % 2 == 0 ? Quants.Low(bytes) : Quants.High(bytes);
    }

    /// <summary>Scale and negative minimum of a group of 32. Of its 6 bits each, the groups 4 to 7 keep the upper two in the top bits of the bytes of the groups 0 to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Scale, float Minimum) GroupOf(ReadOnlySpan<byte> block, int group)
    {
        ReadOnlySpan<byte> packed = block[4..];
        (int scale, int minimum) = group < 4
            ? (packed[group] & 63, packed[group + 4] & 63)
            : ((packed[group + 4] & 0x0F) | (packed[group - 4] >> 6 << 4), (packed[group + 4] >> 4) | (packed[group] >> 6 << 4));
        return (Quants.HalfAt(block, 0) * scale, -(Quants.HalfAt(block, 2) * minimum));
    }
}
