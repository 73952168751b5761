using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>The slopes of ALiBi (Press et al. 2021): 2^(−8(h+1)/n) for n heads, n a power of two; otherwise those of the next lower power, and every second one of the next higher.</summary>
internal static class AlibiSlopes
{
    /// <summary>One slope a head.</summary>
    public static double[] For(int heads)
    {
        int power = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)heads);
        if (power == heads)
        {
            return Of(heads);
        }

        return [.. Of(power / 2), .. Of(power).Where((_, index) => index % 2 == 0).Take(heads - (power / 2))];
    }

    /// <summary>What is added to scores: slope · (key − query), zero on the diagonal.</summary>
    /// <param name="heads">Number of heads.</param>
    /// <param name="positions">Where the tokens stand.</param>
    /// <returns>[head, query, key].</returns>
    public static Tensor Bias(int heads, RunPositions positions)
    {
        double[] slopes = For(heads);
        Tensor keys = arange(0, positions.Keys, dtype: ScalarType.Float32);
        Tensor queries = arange(positions.Past, positions.Keys, dtype: ScalarType.Float32);
        return tensor(Array.ConvertAll(slopes, slope => (float)slope), [heads, 1, 1]) * (keys.unsqueeze(0) - queries.unsqueeze(1));
    }

    private static double[] Of(int heads) => [.. Enumerable.Range(1, heads).Select(head => Math.Pow(2, -8.0 * head / heads))];
}
