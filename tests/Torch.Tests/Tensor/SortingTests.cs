using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests;

public sealed class SortingTests
{
    private static readonly ScalarType[] Types =
        [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte];

    [Test]
    public void Sort_and_topk_agree_with_a_stable_sort_of_the_elements([ValueSource(nameof(Types))] ScalarType type, [Values] bool descending)
    {
        var random = new Random((int)type);
        foreach (long n in new long[] { 1, 2, 7, 100, 1000 })
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Samples.Of(random, [3, n], type, type == ScalarType.Byte ? 0 : -9, 9);
            double[] all = Samples.Values(x);
            (Tensor values, Tensor indices) = x.sort(-1, descending);
            for (int k = 1; k <= n; k = k * 3 + 1)
            {
                (Tensor top, Tensor at) = x.topk(k, -1, largest: descending);
                for (int r = 0; r < 3; r++)
                {
                    int[] order = Enumerable.Range(0, (int)n).OrderBy(i => (descending ? -1 : 1) * all[r * n + i]).ToArray();
                    Samples.Values(at[r]).Should().Equal(order.Take(k).Select(i => (double)i));
                    Samples.Values(top[r]).Should().Equal(order.Take(k).Select(i => all[r * n + i]));
                    Samples.Values(indices[r]).Should().Equal(order.Select(i => (double)i));
                    Samples.Values(values[r]).Should().Equal(order.Select(i => all[r * n + i]));
                }
            }
        }
    }

    [Test]
    public void NaN_is_larger_than_all_and_the_zeros_are_alike([Values(ScalarType.Float32, ScalarType.Float64)] ScalarType type)
    {
        Tensor x = tensor(new[] { 1, double.NaN, -0.0, double.NegativeInfinity, 0.0, double.PositiveInfinity, -double.NaN, -1 }, type);
        Samples.Values(x.argsort()).Should().Equal(3, 7, 2, 4, 0, 5, 1, 6);
        Samples.Values(x.argsort(descending: true)).Should().Equal(1, 6, 5, 0, 2, 4, 7, 3);
        Samples.Values(x.topk(2).indexes).Should().Equal(1, 6);
        Samples.Values(x.topk(2, largest: false).indexes).Should().Equal(3, 7);
    }

    [Test]
    public void The_ends_of_the_whole_numbers_are_in_order()
    {
        Samples.Values(tensor(new[] { 0, long.MaxValue, long.MinValue, -1, 1 }).argsort()).Should().Equal(2, 3, 0, 4, 1);
        Samples.Values(tensor(new[] { 0, int.MaxValue, int.MinValue, -1, 1 }).argsort()).Should().Equal(2, 3, 0, 4, 1);
        Samples.Values(tensor(new[] { 0, int.MaxValue, int.MinValue, -1, 1 }).argsort(descending: true)).Should().Equal(1, 4, 0, 3, 2);
        Samples.Values(tensor(new byte[] { 200, 3, 128 }).argsort()).Should().Equal(1, 2, 0);
        Samples.Values(tensor(new sbyte[] { 100, -3, -128 }).argsort()).Should().Equal(2, 1, 0);
    }
}
