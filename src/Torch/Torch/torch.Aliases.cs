namespace TorchSharp;

public static partial class torch
{
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

    public static Tensor norm(Tensor input) => input.norm();

    public static Tensor multiply_(Tensor left, Tensor right) => left.mul_(right);

    public static Tensor multiply_(Tensor left, Scalar right) => left.mul_(right);

    public static Tensor negative_(Tensor input) => input.neg_();

    public static Tensor cholesky(Tensor input) => input.cholesky();

    public static Tensor trapz(Tensor y, double dx = 1, long dim = -1) => y.trapezoid(dx, dim);

    public static Tensor trapz(Tensor y, Tensor x, long dim = -1) => y.trapezoid(x, dim);

    public static Tensor orgqr(Tensor input, Tensor tau) => linalg.householder_product(input, tau);

    public static Tensor[] hsplit(Tensor input, (long, long) indices_or_sections) => input.hsplit(indices_or_sections.Item1, indices_or_sections.Item2);

    public static Tensor[] hsplit(Tensor input, (long, long, long) indices_or_sections) =>
        input.hsplit(indices_or_sections.Item1, indices_or_sections.Item2, indices_or_sections.Item3);

    public static Tensor[] hsplit(Tensor input, (long, long, long, long) indices_or_sections) =>
        input.hsplit(indices_or_sections.Item1, indices_or_sections.Item2, indices_or_sections.Item3, indices_or_sections.Item4);

    public static Tensor moveaxis(Tensor input, (long, long, long) source, (long, long, long) destination) =>
        input.movedim([source.Item1, source.Item2, source.Item3], [destination.Item1, destination.Item2, destination.Item3]);

    public static Tensor moveaxis(Tensor input, (long, long, long, long) source, (long, long, long, long) destination) =>
        input.movedim([source.Item1, source.Item2, source.Item3, source.Item4], [destination.Item1, destination.Item2, destination.Item3, destination.Item4]);

    public static Tensor empty_strided(long[] size, long[] strides, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        Tensor.RequireCpu(device);
        if (size.Length != strides.Length) throw new TorchException("empty_strided", $"mismatch in length of strides and shape: {Shapes.Text(strides)} and {Shapes.Text(size)}");
        if (Array.Exists(strides, s => s < 0)) throw new TorchException("empty_strided", $"negative strides are not supported: {Shapes.Text(strides)}");
        using DisposeScope scope = NewDisposeScope();
        long extent = Array.Exists(size, n => n == 0) ? 0 : 1 + size.Select((n, d) => (n - 1) * strides[d]).Sum();
        Tensor result = TensorFactory.Empty([extent], dtype, null, false).View((long[])size.Clone(), (long[])strides.Clone(), 0);
        return TensorFactory.Wanting(requires_grad, result).MoveToOuterDisposeScope();
    }

    public static Tensor FloatTensor(Tensor t) => t.to_type(ScalarType.Float32);

    public static Tensor DoubleTensor(Tensor t) => t.to_type(ScalarType.Float64);

    public static Tensor LongTensor(Tensor t) => t.to_type(ScalarType.Int64);

    public static Tensor IntTensor(Tensor t) => t.to_type(ScalarType.Int32);

    public static Tensor ShortTensor(Tensor t) => t.to_type(ScalarType.Int16);

    public static Tensor ByteTensor(Tensor t) => t.to_type(ScalarType.Byte);

    public static Tensor BoolTensor(Tensor t) => t.to_type(ScalarType.Bool);
}
