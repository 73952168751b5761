using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>Compares tensors with golden ones: shapes first, then the largest absolute difference; infinities have to stand in the same places and NaN never passes.</summary>
internal static class GoldenComparison
{
    public static void ShouldEqual(this Tensor actual, GoldenTensor expected, double tolerance, string key)
    {
        actual.shape.Should().Equal(expected.Shape, "that is the shape of '{0}'", key);
        double[] reference = expected.Values switch
        {
            float[] floats => Array.ConvertAll(floats, value => (double)value),
            double[] doubles => doubles,
            long[] longs => Array.ConvertAll(longs, value => (double)value),
            _ => throw new NotSupportedException($"'{key}' holds {expected.Values.GetType().GetElementType()}."),
        };
        double[] values = Values(actual);
        Difference(values, reference, out int worst).Should().BeLessThanOrEqualTo(tolerance, "'{0}' at flat index {1} should be {2} and is {3}", key, worst, reference[worst], values[worst]);
    }

    public static double[] Values(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => Array.ConvertAll(tensor.contiguous().data<float>().ToArray(), value => (double)value),
        ScalarType.Int64 => Array.ConvertAll(tensor.contiguous().data<long>().ToArray(), value => (double)value),
        _ => throw new NotSupportedException($"{tensor.dtype} is not compared."),
    };

    private static double Difference(double[] values, double[] reference, out int worst)
    {
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
