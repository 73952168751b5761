using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>
/// An input of a property: the tensor, the dense tensor whose storage it shows, and what both hold, worked out with
/// index arithmetic of its own.
/// </summary>
internal sealed class Operand
{
    private readonly long[] _start;
    private readonly long[] _step;
    private readonly int[] _order;
    private readonly long[] _baseShape;
    private readonly double[] _values;

    private Operand(long[] shape, ScalarType type, int layout, Func<double> draw, bool mayRepeat)
    {
        Shape = shape;
        Type = type;
        int rank = shape.Length;
        var random = new Random(layout);
        _start = new long[rank];
        _step = new long[rank];
        _order = Enumerable.Range(0, rank).ToArray();
        var outer = new long[rank];
        var repeated = new bool[rank];
        if (layout != 0)
        {
            random.Shuffle(_order);
            if (random.Next(2) == 0) Array.Sort(_order);
        }

        for (int d = 0; d < rank; d++)
        {
            bool wild = layout != 0 && random.Next(3) == 0;
            _start[d] = wild ? random.Next(3) : 0;
            _step[d] = wild ? 1 + random.Next(3) : 1;
            repeated[d] = mayRepeat && layout != 0 && shape[d] > 0 && random.Next(5) == 0;
            outer[d] = repeated[d] ? 1 : _start[d] + Math.Max(shape[d] - 1, 0) * _step[d] + (shape[d] > 0 ? 1 : 0) + (wild ? random.Next(3) : 0);
            if (repeated[d]) (_start[d], _step[d]) = (0, 0);
        }

        // The dense tensor has the dimensions in another order than the view.
        _baseShape = Array.ConvertAll(_order, d => outer[d]);
        _values = new double[Elements.Volume(_baseShape)];
        for (int i = 0; i < _values.Length; i++) _values[i] = draw();

        Base = Fresh(_values, _baseShape, type);
        var back = new long[rank];
        for (int i = 0; i < rank; i++) back[_order[i]] = i;
        Tensor view = rank == 0 ? Base.alias() : Base.permute(back);
        for (int d = 0; d < rank; d++)
        {
            if (repeated[d]) view = view.expand(Elements.Replace(view.shape, d, shape[d]));
            else if (view.shape[d] != shape[d]) view = view.slice(d, _start[d], Math.Min(_start[d] + shape[d] * _step[d], view.shape[d]), _step[d]);
        }

        Tensor = view;
        Elements = Elements.Convert(shape, type, _ => 0).With(values =>
        {
            int next = 0;
            foreach (long[] index in Samples.Indices(shape)) values[next++] = _values[BasePosition(index)];
        });
    }

    public long[] Shape { get; }

    public ScalarType Type { get; }

    /// <summary>The dense tensor behind <see cref="Tensor"/>.</summary>
    public Tensor Base { get; }

    public Tensor Tensor { get; }

    public Elements Elements { get; }

    public static Operand Of(long[] shape, ScalarType type, int layout, int seed, Domain domain, bool mayRepeat = true)
    {
        var random = new Random(seed);
        return new Operand(shape, type, layout, () => domain.Draw(random, type), mayRepeat);
    }

    public static Operand Of(long[] shape, ScalarType type, int layout, Func<double> draw, bool mayRepeat = true) =>
        new(shape, type, layout, draw, mayRepeat);

    /// <summary>A dense tensor with the given numbers, made without any arithmetic of the engine but the conversion.</summary>
    public static Tensor Fresh(double[] values, long[] shape, ScalarType type) => type switch
    {
        ScalarType.Float64 => tensor(values, shape),
        ScalarType.Float32 => tensor(Array.ConvertAll(values, v => (float)v), shape),
        ScalarType.Float16 => tensor(Array.ConvertAll(values, v => (Half)v), shape),
        ScalarType.BFloat16 => tensor(Array.ConvertAll(values, v => (float)v), shape, dtype: ScalarType.BFloat16),
        ScalarType.Int64 => tensor(Array.ConvertAll(values, v => (long)v), shape),
        ScalarType.Int32 => tensor(Array.ConvertAll(values, v => (int)v), shape),
        ScalarType.Int16 => tensor(Array.ConvertAll(values, v => (short)v), shape),
        ScalarType.Int8 => tensor(Array.ConvertAll(values, v => (sbyte)v), shape),
        ScalarType.Byte => tensor(Array.ConvertAll(values, v => (byte)v), shape),
        _ => tensor(Array.ConvertAll(values, v => v != 0), shape),
    };

    /// <summary>The elements of the dense tensor are what they were, but for those that the view shows, which are now these.</summary>
    public void BaseShouldHold(Elements view, double ulps = 8)
    {
        double[] values = (double[])_values.Clone();
        int next = 0;
        foreach (long[] index in Samples.Indices(Shape)) values[BasePosition(index)] = view.Value(next++);
        Elements.Convert(_baseShape, Type, i => values[i]).ShouldBe(Base, ulps, null, "storage behind the tensor");
    }

    public void ShouldBeUntouched() => Elements.Convert(_baseShape, Type, i => _values[i]).ShouldBe(Base, 0, null, "storage of an input");

    private long BasePosition(long[] index) =>
        Elements.Position(_baseShape, Array.ConvertAll(_order, d => _start[d] + index[d] * _step[d]));
}
