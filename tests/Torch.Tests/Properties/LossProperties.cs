using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

public sealed class LossProperties
{
    private static readonly nn.Reduction[] Reductions = [nn.Reduction.None, nn.Reduction.Mean, nn.Reduction.Sum];

    [Test]
    public void Cross_entropy_with_weights_smoothing_and_ignored_targets()
    {
        Property.Holds("cross_entropy", Case.Arbitrary(0, 2, false, [ScalarType.Float32, ScalarType.Float64]), c =>
        {
            Random random = c.Choices();
            ScalarType type = c.Types[0];
            int classes = 1 + random.Next(7);
            bool single = c.Shape.Length == 0 && random.Next(2) == 0;
            long items = 1 + random.Next(6);
            long[] shape = single ? [] : [items, .. c.Shape.Select(n => Math.Min(n, 6))], inputShape = single ? [classes] : [items, classes, .. shape[1..]];
            Operand input = Operand.Of(inputShape, type, random.Next(), c.Seed, new Domain(-4, 4));
            Operand weight = Operand.Of([classes], type, random.Next(), c.Seed + 1, new Domain(0.2, 2));
            bool weighted = random.Next(2) == 0;
            double smoothing = random.Next(2) == 0 ? 0 : 0.1;
            long ignored = random.Next(2) == 0 ? -100 : 0;
            Operand target = Operand.Of(shape, ScalarType.Int64, random.Next(), () => random.Next(5) == 0 ? ignored : random.Next(classes));
            double W(long k) => weighted ? weight.Elements.Value(k) : 1;
            var losses = new List<double>();
            double total = 0;
            foreach (long[] i in Samples.Indices(shape))
            {
                double[] row = Enumerable.Range(0, classes).Select(k => input.Elements.Value(single ? [k] : [i[0], k, .. i[1..]])).ToArray();
                double sum = ReductionProperties.LogSumExp(row);
                long goal = (long)target.Elements.Value(i);
                if (goal == ignored)
                {
                    losses.Add(0);
                    continue;
                }

                double spread = Enumerable.Range(0, classes).Sum(k => W(k) * (sum - row[k])) / classes;
                losses.Add((1 - smoothing) * W(goal) * (sum - row[goal]) + smoothing * spread);
                total += W(goal);
            }

            foreach (nn.Reduction reduction in Reductions)
            {
                Tensor loss = nn.functional.cross_entropy(input.Tensor, target.Tensor, weighted ? weight.Tensor : null, ignored, reduction, smoothing);
                Elements expected = reduction switch
                {
                    nn.Reduction.None => Elements.Of(shape, type, i => losses[i]),
                    nn.Reduction.Sum => Elements.Of([], type, _ => losses.Sum()),
                    _ => Elements.Of([], type, _ => losses.Sum() / total),
                };
                expected.ShouldBe(loss, 32, _ => 8 + (reduction == nn.Reduction.Sum ? losses.Sum() : 0), $"cross_entropy, {reduction}");
            }
        }, 120);
    }

    [Test]
    public void Cross_entropy_against_probabilities()
    {
        Property.Holds("cross_entropy of probabilities", Case.Arbitrary(0, 1, false, [ScalarType.Float32, ScalarType.Float64]), c =>
        {
            Random random = c.Choices();
            ScalarType type = c.Types[0];
            int classes = 1 + random.Next(6);
            long items = 1 + random.Next(5);
            long[] rest = c.Shape.Select(n => Math.Clamp(n, 1, 6)).ToArray(), shape = [items, classes, .. rest], places = [items, .. rest];
            Operand input = Operand.Of(shape, type, random.Next(), c.Seed, new Domain(-4, 4)), target = Operand.Of(shape, type, random.Next(), c.Seed + 1, new Domain(0, 1));
            double[] losses = Samples.Indices(places).Select(i =>
            {
                double[] row = Enumerable.Range(0, classes).Select(k => input.Elements.Value([i[0], k, .. i[1..]])).ToArray();
                double sum = ReductionProperties.LogSumExp(row);
                return Enumerable.Range(0, classes).Sum(k => target.Elements.Value([i[0], k, .. i[1..]]) * (sum - row[k]));
            }).ToArray();
            Elements.Of(places, type, i => losses[i]).ShouldBe(nn.functional.cross_entropy(input.Tensor, target.Tensor, reduction: nn.Reduction.None), 32, _ => 30, "none");
            Elements.Of([], type, _ => losses.Sum() / losses.Length).ShouldBe(nn.functional.cross_entropy(input.Tensor, target.Tensor), 32, _ => 30, "mean");
        });
    }

    [Test]
    public void Kl_div_takes_logarithms_for_targets_unless_told_otherwise()
    {
        Property.Holds("kl_div", Case.Arbitrary(0, 3, true, [ScalarType.Float32, ScalarType.Float64], [ScalarType.Float32]), c =>
        {
            bool logarithms = c.Seed % 2 == 0;
            ScalarType type = c.Types[0];
            c = c with { Types = [type, type], Ones = [0, 0], Dropped = [0, 0] };
            if (c.Shape.Contains(0)) return;
            Operand input = c.Operand(0, new Domain(-5, 0));
            Operand target = logarithms ? c.Operand(1, new Domain(-5, 0)) : Operand.Of(c.Shape, type, c.Layouts[1], new Func<double>(new Draws(c.Seed, type).Next));
            double[] each = Enumerable.Range(0, input.Elements.Count).Select(i =>
            {
                double x = input.Elements.Value(i), t = target.Elements.Value(i);
                return logarithms ? Math.Exp(t) * (t - x) : t == 0 ? 0 : t * (Math.Log(t) - x);
            }).ToArray();
            foreach (nn.Reduction reduction in Reductions)
            {
                Tensor loss = logarithms ? nn.functional.kl_div(input.Tensor, target.Tensor, reduction: reduction) : nn.functional.kl_div(input.Tensor, target.Tensor, false, reduction);
                Elements expected = reduction switch
                {
                    nn.Reduction.None => Elements.Of(c.Shape, type, i => each[i]),
                    nn.Reduction.Sum => Elements.Of([], type, _ => References.Sum(each)),
                    _ => Elements.Of([], type, _ => References.Sum(each) / each.Length),
                };
                double scale = reduction == nn.Reduction.Sum ? each.Sum(Math.Abs) + 5 : 5;
                expected.ShouldBe(loss, 16, _ => scale, $"kl_div, {reduction}");
            }
        }, 60);
    }

    [Test]
    public void Cosine_similarity_along_a_dimension()
    {
        Property.Holds("cosine_similarity", Case.Arbitrary(1, 4, true, [ScalarType.Float32, ScalarType.Float64], [ScalarType.Float32]), c =>
        {
            if (c.Shape.Contains(0)) return;
            ScalarType type = c.Types[0];
            c = c with { Types = [type, type], Dropped = [0, 0] };
            int d = c.Choices().Next(c.Shape.Length);
            Operand a = c.Operand(0, new Domain(-3, 3)), b = c.Operand(1, new Domain(-3, 3));

            // The dimension compared is not broadcast in one of them alone.
            if (a.Shape[d] != b.Shape[d]) return;
            long n = a.Shape[d];
            long[] places = Elements.Without(c.Shape, d);
            double[] cosines = Samples.Indices(places).Select(i =>
            {
                double[] x = Enumerable.Range(0, (int)n).Select(k => a.Elements.Value(Samples.Flat(a.Shape, Elements.Insert(i, d, k)))).ToArray();
                double[] y = Enumerable.Range(0, (int)n).Select(k => b.Elements.Value(Samples.Flat(b.Shape, Elements.Insert(i, d, k)))).ToArray();
                double product = x.Zip(y, (p, q) => p * q).Sum();
                return product / (Math.Max(Math.Sqrt(x.Sum(p => p * p)), 1e-8) * Math.Max(Math.Sqrt(y.Sum(p => p * p)), 1e-8));
            }).ToArray();
            Elements.Of(places, type, i => cosines[i]).ShouldBe(nn.functional.cosine_similarity(a.Tensor, b.Tensor, d), 24, _ => 1, "cosine_similarity");
        }, 60);
    }

    [Test]
    public void Mean_squared_and_absolute_errors()
    {
        Property.Holds("mse_loss", Case.Arbitrary(1, 3, false, [ScalarType.Float32, ScalarType.Float64], [ScalarType.Float32]), c =>
        {
            if (c.Shape.Contains(0)) return;
            ScalarType type = c.Types[0];
            c = c with { Types = [type, type] };
            Operand a = c.Operand(0, new Domain(-3, 3)), b = c.Operand(1, new Domain(-3, 3));
            double[] difference = Enumerable.Range(0, a.Elements.Count).Select(i => a.Elements.Value(i) - b.Elements.Value(i)).ToArray();
            Elements.Of(c.Shape, type, i => difference[i] * difference[i]).ShouldBe(nn.functional.mse_loss(a.Tensor, b.Tensor, nn.Reduction.None), 8, _ => 36, "none");
            Elements.Of([], type, _ => References.Sum(difference, x => x * x) / difference.Length).ShouldBe(nn.functional.mse_loss(a.Tensor, b.Tensor), 12, _ => 36, "mean");
            Elements.Of([], type, _ => References.Sum(difference, Math.Abs)).ShouldBe(nn.functional.l1_loss(a.Tensor, b.Tensor, nn.Reduction.Sum), 12, null, "sum of absolute errors");
        });
    }

    /// <summary>Probabilities, some of them zero.</summary>
    private sealed class Draws(int seed, ScalarType type)
    {
        private readonly Random _random = new(seed);

        public double Next() => _random.Next(5) == 0 ? 0 : Numeric.Round(_random.NextDouble(), type);
    }
}
