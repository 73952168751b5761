using System.Numerics;

namespace TorchSharp;

public static partial class torch
{
    public static ScalarType complex64 = ScalarType.ComplexFloat32;
    public static ScalarType complex128 = ScalarType.ComplexFloat64;
    public static ScalarType cfloat = ScalarType.ComplexFloat32;
    public static ScalarType cdouble = ScalarType.ComplexFloat64;

    public static bool is_complex(Tensor input) => input.is_complex();

    public static bool is_conj(Tensor input) => input.is_conj();

    public static Tensor isreal(Tensor tensor) => tensor.isreal();

    public static Tensor real(Tensor input) => input.real;

    public static Tensor imag(Tensor input) => input.imag;

    public static Tensor angle(Tensor input) => input.angle();

    public static Tensor conj(Tensor input) => input.conj();

    public static Tensor conj_physical(Tensor input) => input.conj_physical();

    public static Tensor conj_physical_(Tensor input) => input.conj_physical_();

    public static Tensor resolve_conj(Tensor input) => input.resolve_conj();

    public static Tensor resolve_neg(Tensor input) => input.resolve_neg();

    public static Tensor adjoint(Tensor input) => input.adjoint();

    public static Tensor view_as_real(Tensor input) => input.view_as_real();

    public static Tensor view_as_complex(Tensor input) => input.view_as_complex();

    /// <summary>real + i imag.</summary>
    public static Tensor complex(Tensor real, Tensor imag)
    {
        if (real.dtype != imag.dtype || real.dtype is not (ScalarType.Float32 or ScalarType.Float64))
            throw new TorchException("complex", $"Expected both inputs to be Float or Double tensors of one type but got {real._dtype} and {imag._dtype}");
        using DisposeScope scope = NewDisposeScope();
        long[] sizes = Shapes.Broadcast("complex", real._sizes, imag._sizes);
        return stack([real.expand(sizes), imag.expand(sizes)], -1).view_as_complex().MoveToOuterDisposeScope();
    }

    /// <summary>abs (cos angle + i sin angle).</summary>
    public static Tensor polar(Tensor abs, Tensor angle)
    {
        using DisposeScope scope = NewDisposeScope();
        return complex(abs.mul(angle.cos()), abs.mul(angle.sin())).MoveToOuterDisposeScope();
    }

    public static Tensor tensor(Complex scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        TensorFactory.Create(scalar, dtype, device, requires_grad);

    public static Tensor tensor(Complex[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        TensorFactory.Create<Complex>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(Complex[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        TensorFactory.Create<Complex>(rawArray, [rawArray.Length], dtype, device, requires_grad);

    public static Tensor tensor(Complex[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        TensorFactory.Create<Complex>(rawArray, dtype, device, requires_grad);

    public static Tensor tensor(IList<Complex> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        TensorFactory.Create<Complex>(TensorFactory.Span(rawArray), dimensions, dtype, device, requires_grad);

    public static Tensor tensor(IList<Complex> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        TensorFactory.Create<Complex>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor((float Real, float Imaginary) scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        TensorFactory.Create((scalar.Real, scalar.Imaginary), dtype, device, requires_grad);

    public static Tensor tensor((double Real, double Imaginary) scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        TensorFactory.Create(new Complex(scalar.Real, scalar.Imaginary), dtype, device, requires_grad);

    public static Tensor tensor(float real, float imaginary, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        TensorFactory.Create((real, imaginary), dtype, device, requires_grad);

    public static Tensor tensor(double real, double imaginary, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        TensorFactory.Create(new Complex(real, imaginary), dtype, device, requires_grad);

    public static Tensor tensor((float Real, float Imaginary)[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        TensorFactory.Create<(float, float)>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor((float Real, float Imaginary)[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        TensorFactory.Create<(float, float)>(rawArray, [rawArray.Length], dtype, device, requires_grad);
}
