using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Kernels;

public sealed class ProductTests
{
    [Test]
    public void Matmul_agrees_with_loops_for_any_layout_and_batch()
    {
        var random = new Random(3);
        ScalarType[] types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Int64, ScalarType.Int32, ScalarType.Float16];
        for (int trial = 0; trial < 150; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            long m = 1 + random.Next(30), k = random.Next(40), n = 1 + random.Next(70);
            long[] leadA = Samples.Shape(random, 2, allowEmpty: false), leadB = leadA.Select(s => random.Next(3) == 0 ? 1 : s).Skip(random.Next(leadA.Length + 1)).ToArray();
            if (leadA.Concat(leadB).Aggregate(1L, (a, b) => a * b) > 200) continue;
            bool vectorA = random.Next(8) == 0, vectorB = random.Next(8) == 0;
            long[] sa = vectorA ? [k] : [.. leadA, m, k], sb = vectorB ? [k] : [.. leadB, k, n];
            ScalarType type = types[trial % types.Length];
            Tensor a = Samples.Of(random, sa, type), b = Samples.Of(random, sb, type);
            (long[] shape, double[] expected) = Naive(a, b);
            double tolerance = type switch { ScalarType.Float16 => 2e-3, ScalarType.Float32 => 1e-5, _ => 1e-12 };
            Samples.ShouldBe(a.matmul(b), shape, expected, tolerance, $"{type} [{string.Join(", ", sa)}] @ [{string.Join(", ", sb)}]");
        }
    }

    [TestCase(1, 300, 50)]
    [TestCase(13, 600, 33)]
    [TestCase(193, 257, 260)]
    [TestCase(400, 31, 300)]
    [TestCase(800, 20, 1100)]
    public void Matmul_of_several_blocks_agrees_with_loops(int m, int k, int n)
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(4);
        Tensor a = Samples.Of(random, [m, k], ScalarType.Float32), b = Samples.Of(random, [k, n], ScalarType.Float32);
        (long[] shape, double[] expected) = Naive(a, b);
        Samples.ShouldBe(a.mm(b), shape, expected, 1e-4);
        (shape, expected) = Naive(b.t(), a.t());
        Samples.ShouldBe(b.t().mm(a.t()), shape, expected, 1e-4);
    }

    [Test]
    public void Products_with_an_addend_follow_beta_and_alpha()
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(5);
        Tensor a = Samples.Of(random, [5, 7], ScalarType.Float64), b = Samples.Of(random, [7, 4], ScalarType.Float64), c = Samples.Of(random, [4], ScalarType.Float64);
        double[] product = Naive(a, b).Values, bias = Samples.Values(c);
        Samples.ShouldBe(c.addmm(a, b, beta: 0.5f, alpha: 2), [5, 4], product.Select((p, i) => 2 * p + 0.5 * bias[i % 4]).ToArray(), 1e-12);
        Tensor x = Samples.Of(random, [3, 5, 7], ScalarType.Float64), y = Samples.Of(random, [3, 7, 4], ScalarType.Float64);
        Samples.ShouldBe(baddbmm(c, x, y), [3, 5, 4], Naive(x, y).Values.Select((p, i) => p + bias[i % 4]).ToArray(), 1e-12);
        Samples.ShouldBe(nn.functional.linear(a, b.t().contiguous(), c), [5, 4], product.Select((p, i) => p + bias[i % 4]).ToArray(), 1e-12);
        Samples.ShouldBe(x.tensordot(y, [2, 0], [1, 0]), [5, 4], Contract("bij,bjk->ik", x, y), 1e-12);
        Samples.ShouldBe(outer(c, c), [4, 4], Contract("i,j->ij", c, c), 1e-12);
    }

    [TestCase("ij,jk->ik")]
    [TestCase("bij,bjk->bik")]
    [TestCase("bqhd,bkhd->bhqk")]
    [TestCase("bhqk,bkhd->bqhd")]
    [TestCase("bqm,hmd->bqhd")]
    [TestCase("bqhd,hdm->bqm")]
    [TestCase("bqhd,hdm->bqhm")]
    [TestCase("ij->ji")]
    [TestCase("ii->i")]
    [TestCase("ii")]
    [TestCase("ij->")]
    [TestCase("ij,kl->ijkl")]
    [TestCase("i,j,k->kij")]
    [TestCase("ij,jk,kl->il")]
    [TestCase("ijk,ikj->i")]
    [TestCase("ij,jk")]
    [TestCase("iij,jk->ik")]
    [TestCase("ijk,l->kl")]
    [TestCase("hmd,hdn,np->hmp")]
    public void Einsum_agrees_with_the_sum_that_it_names(string equation)
    {
        var random = new Random(6);
        for (int trial = 0; trial < 8; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            string[] terms = equation.Split("->")[0].Split(',');
            var sizes = string.Concat(terms).Distinct().ToDictionary(c => c, _ => 1L + random.Next(5));
            Tensor[] operands = Array.ConvertAll(terms, t => Samples.Of(random, t.Select(c => sizes[c]).ToArray(), ScalarType.Float64));
            string output = equation.Contains("->") ? equation.Split("->")[1]
                : string.Concat(string.Concat(terms).GroupBy(c => c).Where(g => g.Count() == 1).Select(g => g.Key).Order());
            Samples.ShouldBe(einsum(equation, operands), output.Select(c => sizes[c]).ToArray(), Contract($"{string.Join(',', terms)}->{output}", operands), 1e-10, equation);
        }
    }

    [Test]
    public void Einsum_handles_ellipses_and_dimensions_of_size_one()
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(7);
        Tensor a = Samples.Of(random, [2, 3, 4, 5], ScalarType.Float64), b = Samples.Of(random, [3, 5, 6], ScalarType.Float64);
        Samples.ShouldBe(einsum("...ij,...jk->...ik", a, b), [2, 3, 4, 6], Samples.Values(a.matmul(b)), 1e-12);
        Samples.ShouldBe(einsum("...ij->...ji", a), [2, 3, 5, 4], Samples.Values(a.mT), 0);
        Tensor one = Samples.Of(random, [1, 6], ScalarType.Float64), wide = Samples.Of(random, [5, 6], ScalarType.Float64);
        Samples.ShouldBe(einsum("ij,ij->ij", one, wide), [5, 6], Samples.Values(one * wide), 1e-12);
    }

    [Test]
    public void Errors_name_the_operation_and_the_shapes()
    {
        using DisposeScope scope = NewDisposeScope();
        Fails(() => zeros(2, 3).matmul(zeros(4, 5)), "matmul*[2, 3]*[4, 5]*");
        Fails(() => zeros(2, 3).mm(zeros(3)), "mm*2D*[3]*");
        Fails(() => zeros(2, 3).matmul(zeros(3, 2, dtype: ScalarType.Float64)), "matmul*same dtype*");
        Fails(() => einsum("ij,jk->ik", zeros(2, 3), zeros(4, 5)), "einsum*'j'*");
        Fails(() => einsum("ij,jk->iz", zeros(2, 3), zeros(3, 5)), "einsum*'z'*");
        Fails(() => einsum("ij", zeros(2)), "einsum*subscripts*");

        static void Fails(Action action, string message) => action.Should().Throw<ExternalException>().WithMessage(message);
    }

    [Test]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        using DisposeScope scope = NewDisposeScope();
        int before = get_num_threads();
        try
        {
            using var g = new Generator(1);
            Tensor a = randn([500, 300], generator: g), b = randn([300, 700], generator: g), big = randn([3, 100, 501], generator: g);
            Func<Tensor>[] operations =
            [
                () => a.mm(b), () => a.t().matmul(a), () => big.softmax(-1), () => big.softmax(1), () => big.log_softmax(-1), () => big.gelu(), () => big.exp(),
                () => nn.functional.layer_norm(big, [501]), () => big.sum(), () => big.sum(0), () => big.mean([-1]), () => big.var([1]), () => big.tanh().sum(-1),
                () => einsum("bij,bkj->bik", big, big), () => big.transpose(0, 2).contiguous(), () => big.sort().Values,
            ];
            foreach (Func<Tensor> operation in operations)
            {
                byte[][] bits = Array.ConvertAll(new[] { 1, 2, 7 }, threads =>
                {
                    set_num_threads(threads);
                    return operation().contiguous().bytes.ToArray();
                });
                bits[1].AsSpan().SequenceEqual(bits[0]).Should().BeTrue();
                bits[2].AsSpan().SequenceEqual(bits[0]).Should().BeTrue();
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [TestCase(7, 5)]
    [TestCase(5, 7)]
    [TestCase(6, 6)]
    [TestCase(40, 12)]
    public void Singular_value_decomposition_restores_the_matrix(int m, int n)
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(8);
        Tensor a = Samples.Of(random, [2, m, n], ScalarType.Float64);
        foreach (bool full in new[] { false, true })
        {
            (Tensor u, Tensor s, Tensor vh) = linalg.svd(a, fullMatrices: full);
            int k = Math.Min(m, n);
            u.shape.Should().Equal(2, m, full ? m : k);
            vh.shape.Should().Equal(2, full ? n : k, n);
            Tensor thinU = u.narrow(-1, 0, k), thinV = vh.narrow(-2, 0, k);
            (thinU * s.unsqueeze(-2)).matmul(thinV).allclose(a, atol: 1e-12).Should().BeTrue();
            u.mT.matmul(u).allclose(eye(u.shape[^1], dtype: ScalarType.Float64), atol: 1e-12).Should().BeTrue();
            vh.matmul(vh.mT).allclose(eye(vh.shape[^2], dtype: ScalarType.Float64), atol: 1e-12).Should().BeTrue();
            double[] values = Samples.Values(s[0]);
            values.Should().BeInDescendingOrder();
        }

        // Rank one: the single value is the product of the two lengths.
        Tensor x = Samples.Of(random, [m], ScalarType.Float64), y = Samples.Of(random, [n], ScalarType.Float64);
        double[] single = Samples.Values(linalg.svdvals(x.outer(y)));
        single[0].Should().BeApproximately(Math.Sqrt(Samples.Values(x).Sum(v => v * v) * Samples.Values(y).Sum(v => v * v)), 1e-10);
        single.Skip(1).Should().OnlyContain(v => v < 1e-10);
        linalg.svd(x.outer(y)).U.mT.matmul(linalg.svd(x.outer(y)).U).allclose(eye(m, dtype: ScalarType.Float64), atol: 1e-10).Should().BeTrue();
    }

    private static (long[] Shape, double[] Values) Naive(Tensor a, Tensor b)
    {
        long[] sa = a.shape, sb = b.shape;
        long[] fa = sa.Length == 1 ? [1, sa[0]] : sa, fb = sb.Length == 1 ? [sb[0], 1] : sb;
        double[] va = Samples.Values(a), vb = Samples.Values(b);
        long m = fa[^2], k = fa[^1], n = fb[^1];
        long[] la = fa[..^2], lb = fb[..^2];
        int rank = Math.Max(la.Length, lb.Length);
        var lead = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            long x = i < rank - la.Length ? 1 : la[i - (rank - la.Length)], y = i < rank - lb.Length ? 1 : lb[i - (rank - lb.Length)];
            lead[i] = x == 1 ? y : x;
        }

        var values = new List<double>();
        foreach (long[] index in Samples.Indices(lead))
        {
            long oa = Samples.Flat(la, index) * m * k, ob = Samples.Flat(lb, index) * k * n;
            for (long i = 0; i < m; i++)
            {
                for (long j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (long x = 0; x < k; x++) sum += va[oa + i * k + x] * vb[ob + x * n + j];
                    values.Add(sum);
                }
            }
        }

        long[] tail = (sa.Length == 1, sb.Length == 1) switch
        {
            (true, true) => [],
            (true, false) => [n],
            (false, true) => [m],
            _ => [m, n],
        };
        return ([.. lead, .. tail], values.ToArray());
    }

    private static double[] Contract(string equation, params Tensor[] operands)
    {
        string[] sides = equation.Split("->"), terms = sides[0].Split(',');
        var sizes = new Dictionary<char, long>();
        for (int i = 0; i < terms.Length; i++)
            for (int d = 0; d < terms[i].Length; d++) sizes[terms[i][d]] = operands[i].shape[d];
        char[] labels = sizes.Keys.ToArray();
        double[][] values = Array.ConvertAll(operands, Samples.Values);
        long[] outShape = sides[1].Select(c => sizes[c]).ToArray();
        var result = new double[outShape.Aggregate(1L, (a, b) => a * b)];
        foreach (long[] index in Samples.Indices(labels.Select(c => sizes[c]).ToArray()))
        {
            double product = 1;
            for (int i = 0; i < terms.Length; i++) product *= values[i][At(terms[i])];
            result[At(sides[1])] += product;

            long At(string term) => term.Aggregate(0L, (at, c) => at * sizes[c] + index[Array.IndexOf(labels, c)]);
        }

        return result;
    }
}
