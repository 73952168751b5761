using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>An operation from one span to another of the same type; p and q are its numbers (bounds, exponents).</summary>
internal interface INumberUnary
{
    static abstract void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>;
}

/// <summary>As <see cref="INumberUnary"/>, for floating types only.</summary>
internal interface IFloatUnary
{
    static abstract void Apply<T>(ReadOnlySpan<T> x, Span<T> y, T p, T q) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>;
}

internal interface INumberBinary
{
    static abstract void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>;
}

internal interface IFloatBinary
{
    static abstract void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>;
}

internal interface IIntegerBinary
{
    static abstract void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
}

/// <summary>A relation: 1 where it holds, 0 elsewhere.</summary>
internal interface IRelation
{
    static abstract void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>;
}

/// <summary>A property of a single element.</summary>
internal interface IPredicate
{
    static abstract void Apply<T>(ReadOnlySpan<T> x, Span<byte> y) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>;
}

/// <summary>From an element type to the code that is compiled for it.</summary>
internal static class Dispatch
{
    public static void Unary<TOp>(Tensor x, Tensor y, Scalar? p = null, Scalar? q = null) where TOp : INumberUnary
    {
        switch (y._dtype)
        {
            case ScalarType.Float32: Run<float>(); break;
            case ScalarType.Float64: Run<double>(); break;
            case ScalarType.Int64: Run<long>(); break;
            case ScalarType.Int32: Run<int>(); break;
            case ScalarType.Int16: Run<short>(); break;
            case ScalarType.Int8: Run<sbyte>(); break;
            case ScalarType.Byte or ScalarType.Bool: Run<byte>(); break;
            case ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64: ComplexParts.Unary<TOp>(x, y); break;
            default: throw Dtypes.Unsupported(y._dtype);
        }

        void Run<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            T a = p is null ? T.Zero : Numbers.To<T>(p), b = q is null ? T.Zero : Numbers.To<T>(q);
            Elementwise.Unary<T, T, NumberUnary<TOp, T>>(x, y, new NumberUnary<TOp, T>(a, b));
        }
    }

    public static void FloatUnary<TOp>(Tensor x, Tensor y, double p = 0, double q = 0) where TOp : IFloatUnary
    {
        switch (y._dtype)
        {
            case ScalarType.Float32:
                Elementwise.Unary<float, float, FloatUnaryKernel<TOp, float>>(x, y, new FloatUnaryKernel<TOp, float>((float)p, (float)q), cost: 8);
                break;
            case ScalarType.Float64:
                Elementwise.Unary<double, double, FloatUnaryKernel<TOp, double>>(x, y, new FloatUnaryKernel<TOp, double>(p, q), cost: 8);
                break;
            default: throw Dtypes.Unsupported(y._dtype);
        }
    }

    public static void Binary<TOp>(Tensor a, Tensor b, Tensor y) where TOp : INumberBinary
    {
        switch (y._dtype)
        {
            case ScalarType.Float32: Elementwise.Binary<float, float, NumberBinary<TOp, float>>(a, b, y, default); break;
            case ScalarType.Float64: Elementwise.Binary<double, double, NumberBinary<TOp, double>>(a, b, y, default); break;
            case ScalarType.Int64: Elementwise.Binary<long, long, NumberBinary<TOp, long>>(a, b, y, default); break;
            case ScalarType.Int32: Elementwise.Binary<int, int, NumberBinary<TOp, int>>(a, b, y, default); break;
            case ScalarType.Int16: Elementwise.Binary<short, short, NumberBinary<TOp, short>>(a, b, y, default); break;
            case ScalarType.Int8: Elementwise.Binary<sbyte, sbyte, NumberBinary<TOp, sbyte>>(a, b, y, default); break;
            case ScalarType.Byte or ScalarType.Bool: Elementwise.Binary<byte, byte, NumberBinary<TOp, byte>>(a, b, y, default); break;
            case ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64: ComplexParts.Binary<TOp>(a, b, y); break;
            default: throw Dtypes.Unsupported(y._dtype);
        }
    }

    public static void FloatBinary<TOp>(Tensor a, Tensor b, Tensor y) where TOp : IFloatBinary
    {
        switch (y._dtype)
        {
            case ScalarType.Float32: Elementwise.Binary<float, float, FloatBinaryKernel<TOp, float>>(a, b, y, default, cost: 8); break;
            case ScalarType.Float64: Elementwise.Binary<double, double, FloatBinaryKernel<TOp, double>>(a, b, y, default, cost: 8); break;
            case ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64: ComplexParts.Binary<TOp>(a, b, y); break;
            default: throw Dtypes.Unsupported(y._dtype);
        }
    }

    public static void IntegerBinary<TOp>(Tensor a, Tensor b, Tensor y) where TOp : IIntegerBinary
    {
        switch (y._dtype)
        {
            case ScalarType.Int64: Elementwise.Binary<long, long, IntegerBinaryKernel<TOp, long>>(a, b, y, default); break;
            case ScalarType.Int32: Elementwise.Binary<int, int, IntegerBinaryKernel<TOp, int>>(a, b, y, default); break;
            case ScalarType.Int16: Elementwise.Binary<short, short, IntegerBinaryKernel<TOp, short>>(a, b, y, default); break;
            case ScalarType.Int8: Elementwise.Binary<sbyte, sbyte, IntegerBinaryKernel<TOp, sbyte>>(a, b, y, default); break;
            case ScalarType.Byte or ScalarType.Bool: Elementwise.Binary<byte, byte, IntegerBinaryKernel<TOp, byte>>(a, b, y, default); break;
            default: throw Dtypes.Unsupported(y._dtype);
        }
    }

    public static void Relation<TOp>(Tensor a, Tensor b, Tensor y) where TOp : IRelation
    {
        switch (a._dtype)
        {
            case ScalarType.Float32: Elementwise.Binary<float, byte, RelationKernel<TOp, float>>(a, b, y, default); break;
            case ScalarType.Float64: Elementwise.Binary<double, byte, RelationKernel<TOp, double>>(a, b, y, default); break;
            case ScalarType.Int64: Elementwise.Binary<long, byte, RelationKernel<TOp, long>>(a, b, y, default); break;
            case ScalarType.Int32: Elementwise.Binary<int, byte, RelationKernel<TOp, int>>(a, b, y, default); break;
            case ScalarType.Int16: Elementwise.Binary<short, byte, RelationKernel<TOp, short>>(a, b, y, default); break;
            case ScalarType.Int8: Elementwise.Binary<sbyte, byte, RelationKernel<TOp, sbyte>>(a, b, y, default); break;
            case ScalarType.Byte or ScalarType.Bool: Elementwise.Binary<byte, byte, RelationKernel<TOp, byte>>(a, b, y, default); break;
            case ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64: ComplexParts.Relation<TOp>(a, b, y); break;
            default: throw Dtypes.Unsupported(a._dtype);
        }
    }

    public static void Predicate<TOp>(Tensor x, Tensor y) where TOp : IPredicate
    {
        switch (x._dtype)
        {
            case ScalarType.Float32: Elementwise.Unary<float, byte, PredicateKernel<TOp, float>>(x, y, default); break;
            case ScalarType.Float64: Elementwise.Unary<double, byte, PredicateKernel<TOp, double>>(x, y, default); break;
            case ScalarType.Int64: Elementwise.Unary<long, byte, PredicateKernel<TOp, long>>(x, y, default); break;
            case ScalarType.Int32: Elementwise.Unary<int, byte, PredicateKernel<TOp, int>>(x, y, default); break;
            case ScalarType.Int16: Elementwise.Unary<short, byte, PredicateKernel<TOp, short>>(x, y, default); break;
            case ScalarType.Int8: Elementwise.Unary<sbyte, byte, PredicateKernel<TOp, sbyte>>(x, y, default); break;
            case ScalarType.Byte or ScalarType.Bool: Elementwise.Unary<byte, byte, PredicateKernel<TOp, byte>>(x, y, default); break;
            default: throw Dtypes.Unsupported(x._dtype);
        }
    }

    private readonly struct NumberUnary<TOp, T>(T p, T q) : IUnaryKernel<T, T>
        where TOp : INumberUnary where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<T> x, Span<T> y) => TOp.Apply(x, y, p, q);
    }

    private readonly struct FloatUnaryKernel<TOp, T>(T p, T q) : IUnaryKernel<T, T>
        where TOp : IFloatUnary where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<T> x, Span<T> y) => TOp.Apply(x, y, p, q);
    }

    private readonly struct NumberBinary<TOp, T> : IBinaryKernel<T, T>
        where TOp : INumberBinary where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) => TOp.Apply(x, y, z);
    }

    private readonly struct FloatBinaryKernel<TOp, T> : IBinaryKernel<T, T>
        where TOp : IFloatBinary where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) => TOp.Apply(x, y, z);
    }

    private readonly struct IntegerBinaryKernel<TOp, T> : IBinaryKernel<T, T>
        where TOp : IIntegerBinary where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) => TOp.Apply(x, y, z);
    }

    private readonly struct RelationKernel<TOp, T> : IBinaryKernel<T, byte>
        where TOp : IRelation where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z) => TOp.Apply(x, y, z);
    }

    private readonly struct PredicateKernel<TOp, T> : IUnaryKernel<T, byte>
        where TOp : IPredicate where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<T> x, Span<byte> y) => TOp.Apply(x, y);
    }
}
