using static TorchSharp.torch;

namespace CircuitSpecs.Tests;

/// <summary>Random tensors in awkward layouts, and their elements read one by one.</summary>
internal static class Samples
{
    /// <summary>Some shape of up to <paramref name="maxRank"/> dimensions; now and then one of them is empty.</summary>
    public static long[] Shape(Random random, int maxRank = 4, bool allowEmpty = true)
    {
        var shape = new long[random.Next(maxRank + 1)];
        for (int i = 0; i < shape.Length; i++) shape[i] = allowEmpty && random.Next(30) == 0 ? 0 : 1 + random.Next(random.Next(4) == 0 ? 40 : 6);
        return shape;
    }

    /// <summary>A tensor of the shape whose layout is contiguous, transposed, cut out of a larger one, stepped or repeated.</summary>
    public static Tensor Of(Random random, long[] shape, ScalarType type, double low = -3, double high = 3)
    {
        int layout = shape.Length == 0 ? 0 : random.Next(5);
        long[] outer = (long[])shape.Clone();
        int axis = shape.Length == 0 ? 0 : random.Next(shape.Length);
        switch (layout)
        {
            case 1:
                (outer[0], outer[^1]) = (outer[^1], outer[0]);
                return Fresh(random, outer, type, low, high).transpose(0, -1);
            case 2:
                outer[axis] += 3;
                return Fresh(random, outer, type, low, high).narrow(axis, 2, shape[axis]);
            case 3:
                outer[axis] = Math.Max(shape[axis] * 2 - 1, 0);
                return Fresh(random, outer, type, low, high).slice(axis, 0, outer[axis], 2);
            case 4 when shape[axis] > 0:
                outer[axis] = 1;
                return Fresh(random, outer, type, low, high).expand(shape);
            default:
                return Fresh(random, outer, type, low, high);
        }
    }

    /// <summary>The elements in order, each read by its own indices.</summary>
    public static double[] Values(Tensor t)
    {
        using Tensor wide = t.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? t.to_type(ScalarType.Float32) : t.alias();
        var values = new double[t.numel()];
        for (long i = 0; i < values.Length; i++)
        {
            values[i] = wide.dtype switch
            {
                ScalarType.Float32 => wide.ReadCpuSingle(i),
                ScalarType.Float64 => wide.ReadCpuDouble(i),
                ScalarType.Int64 => wide.ReadCpuInt64(i),
                ScalarType.Int32 => wide.ReadCpuInt32(i),
                ScalarType.Int16 => wide.ReadCpuInt16(i),
                ScalarType.Int8 => wide.ReadCpuSByte(i),
                ScalarType.Byte => wide.ReadCpuByte(i),
                _ => wide.ReadCpuBool(i) ? 1 : 0,
            };
        }

        return values;
    }

    /// <summary>Calls back with every index of a shape in order.</summary>
    public static IEnumerable<long[]> Indices(long[] shape)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        for (long i = 0; i < count; i++)
        {
            var index = new long[shape.Length];
            long rest = i;
            for (int d = shape.Length - 1; d >= 0; d--)
            {
                index[d] = rest % shape[d];
                rest /= shape[d];
            }

            yield return index;
        }
    }

    /// <summary>Position, in the elements of a tensor of <paramref name="shape"/>, of the element that broadcasts to <paramref name="index"/>.</summary>
    public static long Flat(long[] shape, long[] index)
    {
        long flat = 0;
        int lead = index.Length - shape.Length;
        for (int d = 0; d < shape.Length; d++) flat = flat * shape[d] + (shape[d] == 1 ? 0 : index[lead + d]);
        return flat;
    }

    public static void ShouldBe(Tensor actual, long[] shape, double[] expected, double tolerance, string because = "")
    {
        actual.shape.Should().Equal(shape, because);
        double[] values = Values(actual);
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i].Equals(values[i])) continue;
            double allowed = tolerance * Math.Max(1, Math.Abs(expected[i]));
            if (!(Math.Abs(values[i] - expected[i]) <= allowed))
                Assert.Fail($"{because}: element {i} of [{string.Join(", ", shape)}] is {values[i]:R}, expected {expected[i]:R} within {allowed:g3}");
        }
    }

    private static Tensor Fresh(Random random, long[] shape, ScalarType type, double low, double high)
    {
        var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
        bool whole = type is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16);
        for (int i = 0; i < values.Length; i++)
        {
            double v = low + random.NextDouble() * (high - low);
            values[i] = whole ? Math.Round(v) : v;
        }

        return tensor(values, shape, dtype: type);
    }
}
