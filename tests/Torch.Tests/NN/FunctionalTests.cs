using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.NN;

public sealed class FunctionalTests
{
    [Test]
    public void Softmax_and_log_softmax_agree_with_float64_for_any_layout_and_dimension()
    {
        var random = new Random(31);
        for (int trial = 0; trial < 60; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            long[] shape = [.. Samples.Shape(random, 2, allowEmpty: false), 1 + random.Next(trial % 10 == 0 ? 700 : 60)];
            int dim = random.Next(shape.Length);
            Tensor x = Samples.Of(random, shape, trial % 2 == 0 ? ScalarType.Float32 : ScalarType.Float64, -30, 30);
            double[] v = Samples.Values(x);
            var sums = new Dictionary<long, double>();
            long Group(long[] i) => Samples.Flat(shape.Select((s, d) => d == dim ? 1 : s).ToArray(), i);
            long[][] all = Samples.Indices(shape).ToArray();
            for (int i = 0; i < all.Length; i++) sums[Group(all[i])] = sums.GetValueOrDefault(Group(all[i])) + Math.Exp(v[i]);
            Samples.ShouldBe(x.softmax(dim), shape, all.Select((i, n) => Math.Exp(v[n]) / sums[Group(i)]).ToArray(), 2e-6);
            Samples.ShouldBe(x.log_softmax(dim), shape, all.Select((i, n) => v[n] - Math.Log(sums[Group(i)])).ToArray(), 2e-6);
        }

        using DisposeScope last = NewDisposeScope();
        Tensor masked = tensor(new[,] { { 0f, float.NegativeInfinity }, { float.NegativeInfinity, float.NegativeInfinity } });
        Samples.Values(masked.softmax(-1)).Should().Equal(1, 0, double.NaN, double.NaN);
    }

    [Test]
    public void Layer_norm_agrees_with_its_definition()
    {
        var random = new Random(32);
        foreach (int n in new[] { 1, 3, 64, 100, 768 })
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Samples.Of(random, [5, n], ScalarType.Float32, 90, 110), w = Samples.Of(random, [n], ScalarType.Float32), b = Samples.Of(random, [n], ScalarType.Float32);
            double[] vx = Samples.Values(x), vw = Samples.Values(w), vb = Samples.Values(b);
            var expected = new double[5 * n];
            for (int r = 0; r < 5; r++)
            {
                double[] row = vx[(r * n)..((r + 1) * n)];
                double mean = row.Average(), variance = row.Sum(e => (e - mean) * (e - mean)) / n;
                for (int i = 0; i < n; i++) expected[r * n + i] = (row[i] - mean) / Math.Sqrt(variance + 1e-5) * vw[i] + vb[i];
            }

            Samples.ShouldBe(nn.functional.layer_norm(x, [n], w, b), [5, n], expected, 2e-5);
        }

        Action wrong = () => nn.functional.layer_norm(zeros(2, 3), [4]);
        wrong.Should().Throw<ExternalException>().WithMessage("layer_norm*[4]*[2, 3]*");
    }

    [Test]
    public void Cross_entropy_weights_ignores_and_smooths()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[,] { { 1.0, 2, 3 }, { 0, 0, 0 }, { -1, 5, 2 } }), t = tensor(new long[] { 2, 0, -100 });
        double[] losses = [Math.Log(Math.Exp(-2) + Math.Exp(-1) + 1), Math.Log(3), 0];
        Samples.ShouldBe(nn.functional.cross_entropy(x, t, reduction: nn.Reduction.None), [3], losses, 1e-12);
        nn.functional.cross_entropy(x, t).item<double>().Should().BeApproximately((losses[0] + losses[1]) / 2, 1e-12);
        Tensor w = tensor(new[] { 1.0, 2, 3 });
        nn.functional.cross_entropy(x, t, w).item<double>().Should().BeApproximately((3 * losses[0] + losses[1]) / 4, 1e-12);
        double smooth = 0.9 * losses[0] + 0.1 * (losses[0] * 3 + 1 + 2) / 3;
        nn.functional.cross_entropy(x[0..1], t[0..1], label_smoothing: 0.1).item<double>().Should().BeApproximately(smooth, 1e-12);
        nn.functional.cross_entropy(x[0..2], tensor(new[,] { { 0, 0, 1.0 }, { 1, 0, 0 } })).item<double>().Should().BeApproximately((losses[0] + losses[1]) / 2, 1e-12);
        Action outside = () => nn.functional.cross_entropy(x, tensor(new long[] { 0, 3, 1 }));
        outside.Should().Throw<ExternalException>().WithMessage("*3*out of bounds*");
    }

    [Test]
    public void Divergence_similarity_and_attention_follow_their_definitions()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor p = tensor(new[] { 0.2, 0.8, 0 }), q = tensor(new[] { 0.5, 0.25, 0.25 });
        double kl = 0.2 * Math.Log(0.2 / 0.5) + 0.8 * Math.Log(0.8 / 0.25);
        nn.functional.kl_div(q.log(), p, log_target: false, reduction: nn.Reduction.Sum).item<double>().Should().BeApproximately(kl, 1e-12);
        Tensor a = tensor(new[,] { { 3.0, 4 }, { 1, 0 } }), b = tensor(new[,] { { 4.0, 3 }, { 0, 2 } });
        Samples.ShouldBe(nn.functional.cosine_similarity(a, b), [2], [0.96, 0], 1e-12);
        Samples.ShouldBe(nn.functional.one_hot(tensor(new long[] { 1, 0 }), 3), [2, 3], [0, 1, 0, 1, 0, 0], 0);

        // One query that sees only the first key returns the first value; later ones mix by exp of the scores.
        Tensor k = tensor(new[,] { { 1.0, 0 }, { 0, 1 } }), v = tensor(new[,] { { 10.0, 0 }, { 0, 10 } });
        double s = Math.Exp(1 / Math.Sqrt(2)) / (Math.Exp(1 / Math.Sqrt(2)) + 1);
        Samples.ShouldBe(nn.functional.scaled_dot_product_attention(k, k, v, is_casual: true), [2, 2], [10, 0, 10 * (1 - s), 10 * s], 1e-12);
    }

    /// <summary>Printed by PyTorch 1.13: torch.manual_seed(5); dropout(torch.arange(1., 21.), 0.3), and dropout(torch.arange(1., 6., dtype=float64), 0.5).</summary>
    [Test]
    public void Dropout_leaves_out_what_PyTorch_leaves_out_for_the_same_seed()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        double[] dropped = [6, 8, 9, 13, 19];
        Samples.ShouldBe(
            nn.functional.dropout(arange(1, 21, dtype: ScalarType.Float32), 0.3), [20],
            [.. Enumerable.Range(1, 20).Select(i => dropped.Contains(i) ? 0 : i / 0.7)], 1e-5);
        manual_seed(5);
        Samples.ShouldBe(nn.functional.dropout(arange(1, 6, dtype: ScalarType.Float64), 0.5), [5], [0, 4, 6, 8, 10], 0);
    }
}
