using System.Buffers.Binary;

namespace CircuitSpecs.Tests.Models.Fuzzing;

/// <summary>Changes bytes at random, reproducibly: single bits and bytes, numbers at the edges of their types, pieces that are cut, doubled or moved.</summary>
internal static class ByteMutations
{
    private static readonly long[] Edges =
    [
        0, 1, -1, 2, 7, 8, 63, 64, 127, 128, 255, 256, short.MaxValue, ushort.MaxValue, int.MaxValue, int.MinValue, uint.MaxValue,
        1L << 32, 1L << 40, 1L << 62, long.MaxValue, long.MinValue, long.MaxValue - 7,
    ];

    /// <summary>A copy with one to four changes, most often one.</summary>
    public static byte[] Of(byte[] original, Random random)
    {
        byte[] changed = original;
        for (int change = random.Next(2) * random.Next(4); change >= 0; change--)
        {
            changed = Once(changed, random);
        }

        return changed;
    }

    private static byte[] Once(byte[] original, Random random)
    {
        if (original.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        byte[] changed = [.. original];
        int place = random.Next(changed.Length);
        int length = random.Next(1, Math.Min(16, changed.Length - place) + 1);
        switch (random.Next(8))
        {
            case 0:
                changed[place] ^= (byte)(1 << random.Next(8));
                return changed;
            case 1:
                changed[place] = (byte)random.Next(256);
                return changed;
            case 2:
                Span<byte> number = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(number, Edges[random.Next(Edges.Length)]);
                int width = Math.Min(1 << random.Next(4), changed.Length - place);
                number[..width].CopyTo(changed.AsSpan(place));
                return changed;
            case 3:
                return changed[..place];
            case 4:
                return [.. changed[..place], .. changed[(place + length)..]];
            case 5:
                return [.. changed[..place], .. changed[place..(place + length)], .. changed[place..]];
            case 6:
                int other = random.Next(changed.Length - length + 1);
                original.AsSpan(other, length).CopyTo(changed.AsSpan(place));
                return changed;
            default:
                byte[] noise = new byte[length];
                random.NextBytes(noise);
                return [.. changed[..place], .. noise, .. changed[place..]];
        }
    }
}
