using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace CircuitSpecs.Statistics;

/// <summary>
/// The generator behind every random choice: xoshiro256** (Blackman and Vigna 2018), its state filled by SplitMix64.
/// Unlike <see cref="Random"/> with a seed, its sequence is fixed for good, so that a seed in a result can be rerun.
/// </summary>
public sealed class SeededRandom
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    /// <summary>Makes a generator.</summary>
    /// <param name="seed">Any number.</param>
    public SeededRandom(ulong seed)
    {
        s0 = SplitMix64(ref seed);
        s1 = SplitMix64(ref seed);
        s2 = SplitMix64(ref seed);
        s3 = SplitMix64(ref seed);
    }

    internal SeededRandom(ulong s0, ulong s1, ulong s2, ulong s3) => (this.s0, this.s1, this.s2, this.s3) = (s0, s1, s2, s3);

    /// <summary>A generator of its own for one purpose, so that what one part of a run draws never shifts what another one draws.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="purpose">What the numbers are for, for example <c>bootstrap</c>.</param>
    public static SeededRandom For(int seed, string purpose)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed.ToString(System.Globalization.CultureInfo.InvariantCulture)}/{purpose}"));
        return new SeededRandom(BinaryPrimitives.ReadUInt64LittleEndian(digest));
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>A whole number from 0 on, every one equally likely.</summary>
    /// <param name="exclusiveBound">One more than the largest; at least 1.</param>
    public int Next(int exclusiveBound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveBound, 1);
        ulong bound = (ulong)exclusiveBound;
        ulong high = Math.BigMul(NextUInt64(), bound, out ulong low);
        if (low < bound)
        {
            ulong threshold = (0 - bound) % bound; // rejecting below it leaves equally many draws for each number (Lemire 2019)
            while (low < threshold)
            {
                high = Math.BigMul(NextUInt64(), bound, out low);
            }
        }

        return (int)high;
    }

    /// <summary>A number from 0 (inclusive) to 1 (exclusive), in steps of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>One of the items.</summary>
    /// <param name="items">At least one.</param>
    public T Choose<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items[Next(items.Count)];
    }

    /// <summary>Different items, in random order.</summary>
    /// <param name="items">At least as many as are asked for.</param>
    /// <param name="count">How many.</param>
    public T[] Sample<T>(IReadOnlyList<T> items, int count)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, items.Count);
        T[] copy = [.. items];
        for (int index = 0; index < count; index++)
        {
            int other = index + Next(copy.Length - index);
            (copy[index], copy[other]) = (copy[other], copy[index]);
        }

        return copy[..count];
    }

    /// <summary>Puts items into random order, every order equally likely.</summary>
    /// <param name="items">The items.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = Next(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong SplitMix64(ref ulong state)
    {
        ulong mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
