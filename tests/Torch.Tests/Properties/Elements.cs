using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>
/// What a tensor holds, as plain arrays: the side of a comparison that knows nothing of strides. Floats of every
/// width are kept in float64, integers and bools in int64.
/// </summary>
internal sealed class Elements
{
    private Elements(long[] shape, ScalarType type, double[] real, long[] whole)
    {
        Shape = shape;
        Type = type;
        Real = real;
        Whole = whole;
    }

    public long[] Shape { get; }

    public ScalarType Type { get; }

    /// <summary>The elements in order, when <see cref="Type"/> is a floating type.</summary>
    public double[] Real { get; }

    /// <summary>The elements in order, when <see cref="Type"/> is an integer type or bool.</summary>
    public long[] Whole { get; }

    public bool IsReal => Numeric.IsReal(Type);

    public int Count => IsReal ? Real.Length : Whole.Length;

    public int Rank => Shape.Length;

    public static Elements Of(long[] shape, ScalarType type, Func<int, double> real) =>
        new(shape, type, Fill(shape, real), []);

    public static Elements Of(long[] shape, ScalarType type, Func<int, long> whole) =>
        new(shape, type, [], Fill(shape, i => Numeric.Wrap(whole(i), type)));

    /// <summary>Elements of either kind, each written as the type writes it.</summary>
    public static Elements Convert(long[] shape, ScalarType type, Func<int, double> value) =>
        Numeric.IsReal(type) ? Of(shape, type, i => Numeric.Round(value(i), type)) : Of(shape, type, i => (long)value(i));

    public double Value(long i) => IsReal ? Real[i] : Whole[i];

    public double Value(params long[] index) => Value(Position(Shape, index));

    /// <summary>Elements of another shape, each taken from a position of this one.</summary>
    public Elements Take(long[] shape, Func<long[], long[]> from)
    {
        var places = new int[Volume(shape)];
        int next = 0;
        foreach (long[] index in Samples.Indices(shape)) places[next++] = (int)Position(Shape, from(index));
        return IsReal ? Of(shape, Type, i => Real[places[i]]) : Of(shape, Type, i => Whole[places[i]]);
    }

    /// <summary>These elements with new values at some positions; integers wrap.</summary>
    public Elements With(Action<double[]> change)
    {
        double[] values = Enumerable.Range(0, Count).Select(i => Value(i)).ToArray();
        change(values);
        return Convert(Shape, Type, i => values[i]);
    }

    /// <summary>The values along one dimension at each place of the others, with the place.</summary>
    public IEnumerable<(long[] Place, double[] Row)> Rows(int axis)
    {
        long n = Rank == 0 ? 1 : Shape[axis];
        foreach (long[] place in Samples.Indices(Rank == 0 ? [] : Without(Shape, axis)))
        {
            var row = new double[n];
            for (long i = 0; i < n; i++) row[i] = Rank == 0 ? Value(0) : Value(Insert(place, axis, i));
            yield return (place, row);
        }
    }

    public static long[] Without(long[] list, int axis) => [.. list[..axis], .. list[(axis + 1)..]];

    public static long[] Insert(long[] list, int axis, long value) => [.. list[..axis], value, .. list[axis..]];

    public static long[] Replace(long[] list, int axis, long value) => [.. list[..axis], value, .. list[(axis + 1)..]];

    public static long Position(long[] shape, long[] index)
    {
        long at = 0;
        for (int d = 0; d < shape.Length; d++)
        {
            if (index[d] < 0 || index[d] >= shape[d]) throw new ArgumentOutOfRangeException(nameof(index), $"[{string.Join(", ", index)}] in [{string.Join(", ", shape)}]");
            at = at * shape[d] + index[d];
        }

        return at;
    }

    public static int Volume(long[] shape) => (int)shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>What a tensor of the engine holds, element by element.</summary>
    public static Elements Read(Tensor t)
    {
        long[] shape = t.shape;
        return t.dtype switch
        {
            ScalarType.Float32 => Of(shape, t.dtype, i => t.ReadCpuSingle(i)),
            ScalarType.Float64 => Of(shape, t.dtype, i => t.ReadCpuDouble(i)),
            ScalarType.Float16 => Of(shape, t.dtype, i => t.ReadCpuFloat16(i)),
            ScalarType.BFloat16 => Of(shape, t.dtype, i => t.ReadCpuBFloat16(i)),
            ScalarType.Int64 => Of(shape, t.dtype, i => t.ReadCpuInt64(i)),
            ScalarType.Int32 => Of(shape, t.dtype, i => t.ReadCpuInt32(i)),
            ScalarType.Int16 => Of(shape, t.dtype, i => t.ReadCpuInt16(i)),
            ScalarType.Int8 => Of(shape, t.dtype, i => t.ReadCpuSByte(i)),
            ScalarType.Byte => Of(shape, t.dtype, i => t.ReadCpuByte(i)),
            ScalarType.Bool => Of(shape, t.dtype, i => t.ReadCpuBool(i) ? 1L : 0L),
            _ => throw new NotSupportedException($"{t.dtype}"),
        };
    }

    /// <summary>
    /// Shape, element type and elements of a tensor are these. Floats may differ by <paramref name="ulps"/> roundings
    /// of the type, relative to the element or to <paramref name="scale"/> (the size of what was added up), whichever
    /// is larger; NaN and infinities have to be where they are expected.
    /// </summary>
    public void ShouldBe(Tensor actual, double ulps = 8, Func<int, double>? scale = null, string what = "result")
    {
        Elements got = Read(actual);
        if (got.Type != Type) throw new AssertionException($"{what} has type {got.Type}, expected {Type}");
        if (!got.Shape.SequenceEqual(Shape)) throw new AssertionException($"{what} has shape [{string.Join(", ", got.Shape)}], expected [{string.Join(", ", Shape)}]");
        for (int i = 0; i < Count; i++)
        {
            if (!IsReal)
            {
                if (got.Whole[i] != Whole[i]) throw new AssertionException($"{what}: element {i} of [{string.Join(", ", Shape)}] is {got.Whole[i]}, expected {Whole[i]}");
                continue;
            }

            double expected = Real[i], found = got.Real[i];
            if (expected.Equals(found) || Numeric.Round(expected, Type).Equals(found)) continue;
            double allowed = Numeric.Precision(Type) * ulps * Math.Max(Math.Abs(expected), scale is null ? 0 : scale(i)) + Numeric.Smallest(Type);
            if (!(Math.Abs(found - expected) <= allowed) || double.IsInfinity(found) || double.IsInfinity(expected))
                throw new AssertionException($"{what}: element {i} of [{string.Join(", ", Shape)}] {Type} is {found:R}, expected {expected:R} within {allowed:g3}");
        }
    }

    private static T[] Fill<T>(long[] shape, Func<int, T> value)
    {
        var all = new T[Volume(shape)];
        for (int i = 0; i < all.Length; i++) all[i] = value(i);
        return all;
    }
}
