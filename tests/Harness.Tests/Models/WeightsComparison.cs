using System.Runtime.InteropServices;
using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models;

/// <summary>Reads parameters out for comparison.</summary>
internal static class WeightsComparison
{
    /// <summary>The values of a float32 tensor in row-major order.</summary>
    public static float[] Values(this Tensor tensor)
    {
        using Tensor contiguous = tensor.contiguous();
        return contiguous.NumberOfElements == 0 ? [] : MemoryMarshal.Cast<byte, float>(contiguous.bytes).ToArray();
    }

    /// <summary>Fails unless both hold the same parameters, of the same shape, with values that differ by no more than the tolerance.</summary>
    public static void ShouldBe(this ModelWeights actual, IReadOnlyDictionary<string, GoldenTensor> expected, double tolerance)
    {
        actual.Names.Should().Equal(expected.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, GoldenTensor golden) in expected)
        {
            actual[name].shape.Should().Equal(golden.Shape, "that is the shape of {0}", name);
            float[] values = actual[name].Values();
            double worst = values.Zip(golden.Floats, (left, right) => Math.Abs((double)left - right)).Max();
            worst.Should().BeLessThanOrEqualTo(tolerance, "of {0}", name);
        }
    }

    /// <summary>The parameters as golden tensors, changed element by element.</summary>
    public static SortedDictionary<string, GoldenTensor> AsGolden(this ModelWeights weights, Func<float, float> change)
    {
        var tensors = new SortedDictionary<string, GoldenTensor>(StringComparer.Ordinal);
        foreach (string name in weights.Names)
        {
            tensors.Add(name, new GoldenTensor([.. weights[name].shape], Array.ConvertAll(weights[name].Values(), value => change(value))));
        }

        return tensors;
    }
}
