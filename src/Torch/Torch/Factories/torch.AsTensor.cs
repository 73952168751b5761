namespace TorchSharp;

public static partial class torch
{
    public static Tensor as_tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<bool>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<bool>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<byte>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<byte>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<sbyte> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<sbyte>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(sbyte[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<sbyte>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<short> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<short>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(short[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<short>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<int>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<int>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<long> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<long>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<long>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<float>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<float>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<double> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<double>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<double>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<BFloat16> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<BFloat16>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(BFloat16[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<BFloat16>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<System.Numerics.Complex> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<System.Numerics.Complex>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor(System.Numerics.Complex[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<System.Numerics.Complex>(rawArray, [rawArray.Length], dtype, device, false);

    public static Tensor as_tensor(IList<(float, float)> rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<(float, float)>(TensorFactory.Span(rawArray), [rawArray.Count], dtype, device, false);

    public static Tensor as_tensor((float, float)[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        TensorFactory.Create<(float, float)>(rawArray, [rawArray.Length], dtype, device, false);
}
