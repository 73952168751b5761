using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Tensors;

public sealed class ReductionTests
{
    private static IEnumerable<TestCaseData> Reductions()
    {
        yield return Case("sum", (x, d, k) => x.sum(d, k), v => v.Sum());
        yield return Case("mean", (x, d, k) => x.mean(d, k), v => v.Average());
        yield return Case("var", (x, d, k) => x.var(d, unbiased: false, keepdim: k), v => v.Sum(e => (e - v.Average()) * (e - v.Average())) / v.Length);
        yield return Case("std", (x, d, k) => x.std(d, unbiased: true, keepdim: k), v => Math.Sqrt(v.Sum(e => (e - v.Average()) * (e - v.Average())) / (v.Length - 1)));
        yield return Case("amax", (x, d, k) => x.amax(d, k), v => v.Max());
        yield return Case("amin", (x, d, k) => x.amin(d, k), v => v.Min());
        yield return Case("vector norm", (x, d, k) => linalg.vector_norm(x, 3, d, k), v => Math.Pow(v.Sum(e => Math.Pow(Math.Abs(e), 3)), 1.0 / 3));

        static TestCaseData Case(string name, Func<Tensor, long[], bool, Tensor> f, Func<double[], double> reference) =>
            new TestCaseData(f, reference).SetName("Reduction_agrees_with_loops: " + name);
    }

    [TestCaseSource(nameof(Reductions))]
    public void Reduction_over_some_dimensions(Func<Tensor, long[], bool, Tensor> f, Func<double[], double> reference)
    {
        var random = new Random(21);
        for (int trial = 0; trial < 60; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            long[] shape = trial == 0 ? [3, 90000] : Samples.Shape(random, allowEmpty: false);
            ScalarType type = trial % 2 == 0 ? ScalarType.Float32 : ScalarType.Float64;
            long[] dims = Enumerable.Range(0, shape.Length).Where(_ => random.Next(2) == 0).Select(d => (long)(random.Next(2) == 0 ? d : d - shape.Length)).ToArray();
            Tensor x = Samples.Of(random, shape, type);
            bool keep = random.Next(2) == 0;
            HashSet<int> over = dims.Length == 0 ? Enumerable.Range(0, shape.Length).ToHashSet() : dims.Select(d => (int)(d < 0 ? d + shape.Length : d)).ToHashSet();
            long[] kept = shape.Where((_, d) => !over.Contains(d)).ToArray();
            var groups = new List<double>[kept.Aggregate(1L, (a, b) => a * b)];
            double[] values = Samples.Values(x);
            int at = 0;
            foreach (long[] index in Samples.Indices(shape))
            {
                long g = Samples.Flat(kept, index.Where((_, d) => !over.Contains(d)).ToArray());
                (groups[g] ??= []).Add(values[at++]);
            }

            if (groups.Any(g => g.Count < 2)) continue;
            long[] result = keep ? shape.Select((s, d) => over.Contains(d) ? 1 : s).ToArray() : kept;
            Samples.ShouldBe(f(x, dims, keep), result, groups.Select(g => reference(g.ToArray())).ToArray(), type == ScalarType.Float32 ? 2e-5 : 1e-11, $"[{string.Join(", ", shape)}] over [{string.Join(", ", dims)}]");
        }
    }

    [Test]
    public void Float32_sum_of_many_small_terms_loses_nothing_visible()
    {
        using DisposeScope scope = NewDisposeScope();
        full([10_000_000], 0.1f).sum().item<float>().Should().BeApproximately(1e6f, 0.1f);
        Tensor shifted = full([1000], 4096f) + tensor(new[] { -1f, 1f }).repeat(500);
        shifted.var(unbiased: false).item<float>().Should().Be(1);
    }

    [Test]
    public void Extremes_come_with_the_first_place_and_NaN_wins()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[,] { { 1f, 5f, 5f }, { float.NaN, 2f, float.NaN } });
        (Tensor values, Tensor indexes) = x.max(1);
        Samples.Values(values).Should().Equal(5, double.NaN);
        Samples.Values(indexes).Should().Equal(1, 0);
        Samples.Values(x.min(0).indexes).Should().Equal(1, 1, 1);
        x[0].argmax().item<long>().Should().Be(1);
        Samples.Values(x.argmin(0)).Should().Equal(1, 1, 1);
        Action none = () => zeros(0).max();
        none.Should().Throw<ExternalException>().WithMessage("max*[0]*");
    }

    [Test]
    public void Integers_and_flags_are_summed_in_int64()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor bytes = full([3, 1000], 200L, dtype: ScalarType.Byte);
        bytes.sum().item<long>().Should().Be(600_000);
        Tensor flags = bytes > 0;
        Samples.Values(flags.sum(1)).Should().Equal(1000, 1000, 1000);
        flags.all().item<bool>().Should().BeTrue();
        flags.logical_not().any().item<bool>().Should().BeFalse();
        zeros(0).all().item<bool>().Should().BeTrue();
        zeros(0).sum().item<float>().Should().Be(0);
        double.IsNaN(zeros(0).mean().item<float>()).Should().BeTrue();
        Samples.Values(tensor(new long[] { 1, 2, 3, 4 }).cumsum(0)).Should().Equal(1, 3, 6, 10);
        tensor(new long[] { 1, 2, 3, 4 }).prod().item<long>().Should().Be(24);
        tensor(new[] { 0, 3, 0 }).count_nonzero().item<long>().Should().Be(1);
        Action mean = () => bytes.mean();
        mean.Should().Throw<ExternalException>().WithMessage("mean*Byte*");
    }

    [Test]
    public void Sort_and_topk_are_stable_orders_along_a_dimension()
    {
        var random = new Random(22);
        for (int trial = 0; trial < 40; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Samples.Of(random, [4, 9, 3], trial % 2 == 0 ? ScalarType.Int64 : ScalarType.Float32);
            bool descending = random.Next(2) == 0;
            (Tensor values, Tensor indices) = x.sort(1, descending);
            (Tensor top, Tensor places) = x.topk(4, 1, largest: descending);
            for (int i = 0; i < 4; i++)
            {
                for (int j = 0; j < 3; j++)
                {
                    double[] column = Samples.Values(x[TensorIndex.Single(i), TensorIndex.Colon, TensorIndex.Single(j)]);
                    int[] order = Enumerable.Range(0, 9).OrderBy(k => descending ? -column[k] : column[k]).ToArray();
                    Samples.Values(indices.select(2, j).select(0, i)).Should().Equal(order.Select(k => (double)k));
                    Samples.Values(values.select(2, j).select(0, i)).Should().Equal(order.Select(k => column[k]));
                    Samples.Values(top.select(2, j).select(0, i)).Should().Equal(order.Take(4).Select(k => column[k]));
                    Samples.Values(places.select(2, j).select(0, i)).Should().Equal(order.Take(4).Select(k => (double)k));
                }
            }
        }

        Samples.Values(tensor(new[] { 2f, float.NaN, -1f }).sort().Values).Should().Equal(-1, 2, double.NaN);
    }

    [Test]
    public void Logsumexp_survives_large_numbers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[,] { { 1000.0, 1000 }, { double.NegativeInfinity, double.NegativeInfinity } });
        Samples.ShouldBe(x.logsumexp(1), [2], [1000 + Math.Log(2), double.NegativeInfinity], 1e-12);
    }
}
