using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Kernels;

/// <summary>
/// Fills tensors with random numbers in libtorch's order: that of the elements in memory, one draw after the other on
/// one thread, whatever the number of threads.
/// </summary>
internal static unsafe class RandomNumbers
{
    private const int NormalBlock = 16;

    public static void Uniform(Tensor target, double from, double to, Generator? generator)
    {
        switch (target._dtype)
        {
            case ScalarType.Float64:
                Fill<double>(target, generator, g => g.NextUniform() * (to - from) + from);
                break;
            case ScalarType.Float32:
                float low = (float)from, width = (float)to - low;
                Fill<float>(target, generator, g => g.NextSingle() * width + low);
                break;
            case ScalarType.Float16:
                Fill<Half>(target, generator, g => (Half)(Fraction(g, 11) * (float)((Half)to - (Half)from) + (float)(Half)from));
                break;
            case ScalarType.BFloat16:
                float start = (float)(BFloat16)(float)from, end = (float)(BFloat16)(float)to;
                Fill<BFloat16>(target, generator, g => (BFloat16)(Fraction(g, 8) * (end - start) + start));
                break;
            default: throw new TorchException("uniform_", $"not implemented for {target._dtype}");
        }
    }

    /// <summary>By Box and Muller, in blocks of 16 where a tensor is contiguous and has as many elements; the last block overlaps the one before.</summary>
    public static void Normal(Tensor target, double mean, double deviation, Generator? generator)
    {
        bool blocks = target.numel() >= NormalBlock && target.is_contiguous();
        switch (target._dtype)
        {
            case ScalarType.Float64 when blocks: NormalBlocks<double>(target, mean, deviation, generator, g => g.NextUniform(), x => x, x => x); break;
            case ScalarType.Float32 when blocks: NormalBlocks<float>(target, mean, deviation, generator, g => g.NextSingle(), x => x, x => (float)x); break;
            case ScalarType.Float16 when blocks: NormalBlocks<Half>(target, mean, deviation, generator, g => (Half)Fraction(g, 11), x => (double)x, x => (Half)x); break;
            case ScalarType.BFloat16 when blocks: NormalBlocks<BFloat16>(target, mean, deviation, generator, g => (BFloat16)Fraction(g, 8), x => (float)x, x => (BFloat16)(float)x); break;
            default: Doubles("normal_", target, generator, g => g.NextNormal() * deviation + mean); break;
        }
    }

    /// <summary>Numbers drawn in float64 and rounded to the type.</summary>
    public static void Doubles(string operation, Tensor target, Generator? generator, Func<Generator, double> next)
    {
        switch (target._dtype)
        {
            case ScalarType.Float64: Fill(target, generator, next); break;
            case ScalarType.Float32: Fill(target, generator, g => (float)next(g)); break;
            case ScalarType.Float16: Fill(target, generator, g => (Half)next(g)); break;
            case ScalarType.BFloat16: Fill(target, generator, g => (BFloat16)(float)next(g)); break;
            default: throw new TorchException(operation, $"not implemented for {target._dtype}");
        }
    }

    /// <summary>Whole numbers, into a tensor of any type.</summary>
    public static void Integers(Tensor target, Generator? generator, Func<Generator, long> next)
    {
        switch (target._dtype)
        {
            case ScalarType.Int64: Fill(target, generator, next); break;
            case ScalarType.Int32: Fill(target, generator, g => (int)next(g)); break;
            case ScalarType.Int16: Fill(target, generator, g => (short)next(g)); break;
            case ScalarType.Int8: Fill(target, generator, g => (sbyte)next(g)); break;
            case ScalarType.Byte: Fill(target, generator, g => (byte)next(g)); break;
            case ScalarType.Bool: Fill(target, generator, g => next(g) != 0 ? (byte)1 : (byte)0); break;
            default: Doubles("random_", target, generator, g => next(g)); break;
        }
    }

    /// <summary>Hörmann's transformed rejection for large rates, a product of uniform numbers for small ones.</summary>
    public static double Poisson(double rate, Generator g)
    {
        if (rate == 0) return 0;
        if (rate < 10)
        {
            double limit = Math.Exp(-rate), product = 1;
            for (int count = 0; ; count++)
                if ((product *= g.NextUniform()) <= limit) return count;
        }

        double logRate = Math.Log(rate), b = 0.931 + 2.53 * Math.Sqrt(rate), a = -0.059 + 0.02483 * b;
        double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4), limitV = 0.9277 - 3.6224 / (b - 2);
        while (true)
        {
            double u = g.NextUniform() - 0.5, v = g.NextUniform(), us = 0.5 - Math.Abs(u);
            double k = Math.Floor((2 * a / us + b) * u + rate + 0.43);
            if (us >= 0.07 && v <= limitV) return k;
            if (k < 0 || (us < 0.013 && v > us)) continue;
            if (Math.Log(v) + Math.Log(inverseAlpha) - Math.Log(a / (us * us) + b) <= -rate + k * logRate - Operations.LogGamma.Of(k + 1)) return k;
        }
    }

    private static float Fraction(Generator g, int bits) => (g.Next() & ((1u << bits) - 1)) * (1.0f / (1 << bits));

    private static void NormalBlocks<T>(Tensor target, double mean, double deviation, Generator? generator, Func<Generator, T> next, Func<T, double> read, Func<double, T> write)
        where T : unmanaged
    {
        Generator g = generator ?? Generator.Default;
        var data = (T*)target.Bytes;
        long n = target.numel();
        lock (g.Gate)
        {
            for (long i = 0; i < n; i++) data[i] = next(g);
            for (long i = 0; i + NormalBlock <= n; i += NormalBlock) Turn(data + i);
            if (n % NormalBlock != 0)
            {
                for (int i = 0; i < NormalBlock; i++) data[n - NormalBlock + i] = next(g);
                Turn(data + n - NormalBlock);
            }
        }

        GC.KeepAlive(target);

        double Rounded(double x) => read(write(x));

        void Turn(T* block)
        {
            for (int j = 0; j < NormalBlock / 2; j++)
            {
                double u1 = Rounded(1 - read(block[j])), u2 = read(block[j + 8]);
                double radius = Rounded(Math.Sqrt(Rounded(-2 * Math.Log(u1)))), angle = Rounded(2 * Math.PI * u2);
                block[j] = write(Rounded(radius * Rounded(Math.Cos(angle))) * deviation + mean);
                block[j + 8] = write(Rounded(radius * Rounded(Math.Sin(angle))) * deviation + mean);
            }
        }
    }

    private static void Fill<T>(Tensor target, Generator? generator, Func<Generator, T> next) where T : unmanaged
    {
        Generator g = generator ?? Generator.Default;
        int[] order = StridedPlan.MemoryOrder(target._sizes, [target._strides]).Reverse().ToArray();
        using Tensor inMemory = target.View(
            Array.ConvertAll(order, d => target._sizes[d]), Array.ConvertAll(order, d => target._strides[d]), target._offset, track: false);
        using Tensor values = inMemory.is_contiguous() ? inMemory.Untracked() : Tensor.Allocate(inMemory._sizes, target._dtype, track: false);
        var data = (T*)values.Bytes;
        long n = values.numel();
        lock (g.Gate)
            for (long i = 0; i < n; i++) data[i] = next(g);
        if (!ReferenceEquals(values.Storage, target.Storage)) StridedCopy.Run(values, inMemory);
        GC.KeepAlive(target);
    }
}
