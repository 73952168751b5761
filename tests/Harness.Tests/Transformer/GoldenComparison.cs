using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>Compares tensors with golden ones: shapes first, then the largest absolute difference; infinities have to stand in the same places and NaN never passes.</summary>
internal static class GoldenComparison
{
    public static void ShouldEqual(this Tensor actual, GoldenTensor expected, double tolerance, string key)
    {
        double largest = Difference(actual, expected, key, out int worst);
        largest.Should().BeLessThanOrEqualTo(tolerance, "'{0}' at flat index {1} should be {2} and is {3}", key, worst, Values(expected, key)[worst], Values(actual)[worst]);
    }

    /// <summary>The largest absolute difference; infinite where infinities stand in different places or one side is NaN. Shapes have to be equal.</summary>
    public static double LargestDifference(this Tensor actual, GoldenTensor expected, string key) => Difference(actual, expected, key, out _);

    public static double[] Values(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => Array.ConvertAll(tensor.contiguous().data<float>().ToArray(), value => (double)value),
        ScalarType.Int64 => Array.ConvertAll(tensor.contiguous().data<long>().ToArray(), value => (double)value),
        _ => throw new NotSupportedException($"{tensor.dtype} is not compared."),
    };

    private static double[] Values(GoldenTensor expected, string key) => expected.Values switch
    {
        float[] floats => Array.ConvertAll(floats, value => (double)value),
        double[] doubles => doubles,
        long[] longs => Array.ConvertAll(longs, value => (double)value),
        _ => throw new NotSupportedException($"'{key}' holds {expected.Values.GetType().GetElementType()}."),
    };

    private static double Difference(Tensor actual, GoldenTensor expected, string key, out int worst)
    {
        actual.shape.Should().Equal(expected.Shape, "that is the shape of '{0}'", key);
        double[] reference = Values(expected, key);
        double[] values = Values(actual);
        double largest = 0;
        worst = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double difference = values[i].Equals(reference[i]) && !double.IsNaN(values[i]) ? 0 : Math.Abs(values[i] - reference[i]);
            if (double.IsNaN(difference) || difference > largest)
            {
                (largest, worst) = (double.IsNaN(difference) ? double.PositiveInfinity : difference, i);
            }
        }

        return largest;
    }
}
