using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Reductions over every choice of dimensions, running totals, and sorting.</summary>
public sealed class ReductionProperties
{
    private static readonly Domain Line = new(-4, 4);
    private static readonly Domain Any = new(-4, 4, Special: true);

    private static IEnumerable<TestCaseData> OverSeveral()
    {
        Reduction[] table =
        [
            new("sum", (t, dims, keep) => t.sum(dims, keep), row => References.Sum(row), row => row.Sum(Math.Abs)) { Result = SumType, Types = Numeric.All },
            new("sum of specials", (t, dims, keep) => t.sum(dims, keep), row => References.Sum(row), row => row.Sum(Math.Abs)) { Domain = Any },
            new("mean", (t, dims, keep) => t.mean(dims, keep), row => References.Sum(row) / row.Length, row => row.Sum(Math.Abs) / row.Length),
            new("var", (t, dims, keep) => t.var(dims, true, keep), row => Variance(row, 1), row => SpreadOf(row, 1)),
            new("var biased", (t, dims, keep) => t.var(dims, false, keep), row => Variance(row, 0), row => SpreadOf(row, 0)),
            new("std", (t, dims, keep) => t.std(dims, true, keep), row => Math.Sqrt(Variance(row, 1)), row => 4 * Math.Sqrt(Variance(row, 1)) + row.Select(Math.Abs).DefaultIfEmpty().Max()),
            new("std biased", (t, dims, keep) => t.std(dims, false, keep), row => Math.Sqrt(Variance(row, 0)), row => 4 * Math.Sqrt(Variance(row, 0)) + row.Select(Math.Abs).DefaultIfEmpty().Max()),
            new("amax", (t, dims, keep) => t.amax(dims, keep), Largest, _ => 0) { Types = Numeric.All, Domain = Any, NeedsElements = true },
            new("amin", (t, dims, keep) => t.amin(dims, keep), Smallest, _ => 0) { Types = Numeric.All, Domain = Any, NeedsElements = true },
            new("norm 2", (t, dims, keep) => linalg.vector_norm(t, 2, dims, keep), row => Math.Sqrt(References.Sum(row, x => x * x)), row => 4 * Math.Sqrt(References.Sum(row, x => x * x))),
            new("norm 1", (t, dims, keep) => linalg.vector_norm(t, 1, dims, keep), row => References.Sum(row, Math.Abs), row => 4 * References.Sum(row, Math.Abs)),
            new("norm 3", (t, dims, keep) => linalg.vector_norm(t, 3, dims, keep), row => Math.Cbrt(References.Sum(row, x => Math.Abs(x * x * x))), row => 4 * Math.Cbrt(References.Sum(row, x => Math.Abs(x * x * x)))),
            new("norm inf", (t, dims, keep) => linalg.vector_norm(t, double.PositiveInfinity, dims, keep), row => row.Max(Math.Abs), _ => 0) { NeedsElements = true },
            new("norm 0", (t, dims, keep) => linalg.vector_norm(t, 0, dims, keep), row => row.Count(x => x != 0), _ => 0),
        ];
        return table.Select(f => new TestCaseData(f).SetArgDisplayNames(f.Name));
    }

    private static IEnumerable<TestCaseData> OverOne()
    {
        Reduction[] table =
        [
            new("sum", (t, d, keep) => t.sum(d[0], keep), row => References.Sum(row), row => row.Sum(Math.Abs)) { Result = SumType, Types = Numeric.All },
            new("prod", (t, d, keep) => t.prod(d[0], keep), row => row.Aggregate(1.0, (a, b) => a * b), _ => 0) { Result = SumType, Types = Numeric.All, Domain = new(-2, 2), Short = true },
            new("var", (t, d, keep) => t.var(d[0], true, keep), row => Variance(row, 1), row => SpreadOf(row, 1)),
            new("std", (t, d, keep) => t.std(d[0], false, keep), row => Math.Sqrt(Variance(row, 0)), row => 4 * Math.Sqrt(Variance(row, 0)) + row.Select(Math.Abs).DefaultIfEmpty().Max()),
            new("max", (t, d, keep) => t.max(d[0], keep).values, Largest, _ => 0) { Types = Numeric.All, Domain = Any, NeedsElements = true },
            new("max at", (t, d, keep) => t.max(d[0], keep).indexes, row => Array.FindIndex(row, x => x.Equals(Largest(row)) || x == Largest(row)), _ => 0) { Types = Numeric.All, Domain = Any, NeedsElements = true, Result = _ => ScalarType.Int64 },
            new("min", (t, d, keep) => t.min(d[0], keep).values, Smallest, _ => 0) { Types = Numeric.All, Domain = Any, NeedsElements = true },
            new("argmax", (t, d, keep) => t.argmax(d[0], keep), row => Array.FindIndex(row, x => x.Equals(Largest(row)) || x == Largest(row)), _ => 0) { Types = Numeric.Numbers, Domain = Any, NeedsElements = true, Result = _ => ScalarType.Int64 },
            new("argmin", (t, d, keep) => t.argmin(d[0], keep), row => Array.FindIndex(row, x => x.Equals(Smallest(row)) || x == Smallest(row)), _ => 0) { Types = Numeric.Numbers, Domain = Any, NeedsElements = true, Result = _ => ScalarType.Int64 },
            new("any", (t, d, keep) => t.any(d[0], keep), row => row.Any(x => x != 0) ? 1 : 0, _ => 0) { Types = Numeric.All, Domain = new(-1, 1, true), Result = Truth },
            new("all", (t, d, keep) => t.all(d[0], keep), row => row.All(x => x != 0) ? 1 : 0, _ => 0) { Types = Numeric.All, Domain = new(-1, 1, true), Result = Truth },
            new("logsumexp", (t, d, keep) => t.logsumexp(d[0], keep), LogSumExp, _ => 1) { Domain = new(-40, 40, true) },
            new("norm", (t, d, keep) => t.norm((int)d[0], keep, 2), row => Math.Sqrt(References.Sum(row, x => x * x)), row => 4 * Math.Sqrt(References.Sum(row, x => x * x))),
            new("count_nonzero", (t, d, keep) => keep ? t.count_nonzero(d).unsqueeze(d[0]) : t.count_nonzero(d), row => row.Count(x => x != 0), _ => 0) { Types = Numeric.All, Domain = new(-1, 1), Result = _ => ScalarType.Int64, NeedsRank = true },
        ];
        return table.Select(f => new TestCaseData(f).SetArgDisplayNames(f.Name));
    }

    private static IEnumerable<TestCaseData> OverAll()
    {
        Reduction[] table =
        [
            new("sum", (t, _, _) => t.sum(), row => References.Sum(row), row => row.Sum(Math.Abs)) { Result = SumType, Types = Numeric.All },
            new("mean", (t, _, _) => t.mean(), row => References.Sum(row) / row.Length, row => row.Sum(Math.Abs) / row.Length),
            new("var", (t, _, _) => t.var(), row => Variance(row, 1), row => SpreadOf(row, 1)),
            new("std", (t, _, _) => t.std(false), row => Math.Sqrt(Variance(row, 0)), row => 4 * Math.Sqrt(Variance(row, 0)) + row.Select(Math.Abs).DefaultIfEmpty().Max()),
            new("max", (t, _, _) => t.max(), Largest, _ => 0) { Types = Numeric.All, Domain = Any, NeedsElements = true },
            new("min", (t, _, _) => t.min(), Smallest, _ => 0) { Types = Numeric.All, Domain = Any, NeedsElements = true },
            new("argmax", (t, _, _) => t.argmax(), row => Array.FindIndex(row, x => x.Equals(Largest(row)) || x == Largest(row)), _ => 0) { Types = Numeric.Numbers, Domain = Any, NeedsElements = true, Result = _ => ScalarType.Int64 },
            new("argmin", (t, _, _) => t.argmin(), row => Array.FindIndex(row, x => x.Equals(Smallest(row)) || x == Smallest(row)), _ => 0) { Types = Numeric.Numbers, Domain = Any, NeedsElements = true, Result = _ => ScalarType.Int64 },
            new("any", (t, _, _) => t.any(), row => row.Any(x => x != 0) ? 1 : 0, _ => 0) { Types = Numeric.All, Domain = new(-1, 1, true), Result = Truth },
            new("all", (t, _, _) => t.all(), row => row.All(x => x != 0) ? 1 : 0, _ => 0) { Types = Numeric.All, Domain = new(-1, 1, true), Result = Truth },
            new("norm", (t, _, _) => t.norm(), row => Math.Sqrt(References.Sum(row, x => x * x)), row => 4 * Math.Sqrt(References.Sum(row, x => x * x))),
            new("count_nonzero", (t, _, _) => t.count_nonzero(), row => row.Count(x => x != 0), _ => 0) { Types = Numeric.All, Domain = new(-1, 1), Result = _ => ScalarType.Int64 },
        ];
        return table.Select(f => new TestCaseData(f).SetArgDisplayNames(f.Name));
    }

    [TestCaseSource(nameof(OverSeveral))]
    public void Reduction_over_dimensions(object reduction) => Check((Reduction)reduction, "several", (random, rank) =>
    {
        // No dimension at all means every one.
        long[] dims = Enumerable.Range(0, rank).Where(_ => random.Next(2) == 0).Select(d => (long)d).ToArray();
        random.Shuffle(dims);
        return dims;
    });

    [TestCaseSource(nameof(OverOne))]
    public void Reduction_over_a_dimension(object reduction) => Check((Reduction)reduction, "one", (random, rank) => [random.Next(Math.Max(rank, 1))]);

    [TestCaseSource(nameof(OverAll))]
    public void Reduction_of_everything(object reduction) => Check((Reduction)reduction, "all", (_, _) => []);

    [TestCase(false)]
    [TestCase(true)]
    public void Running_totals(bool product)
    {
        Property.Holds("cumulative", Case.Arbitrary(0, 4, false, Numeric.All), c =>
        {
            Operand x = c.Operand(0, new Domain(product ? 0.5 : -4, product ? 1.5 : 4));
            int axis = Axis(c);
            ScalarType type = SumType(x.Type);
            var sizes = new double[x.Elements.Count];
            Elements expected = Elements.Convert(c.Shape, type, _ => 0).With(values =>
            {
                foreach ((long[] place, double[] row) in x.Elements.Rows(axis))
                {
                    double total = product ? 1 : 0, size = 0;
                    for (int i = 0; i < row.Length; i++)
                    {
                        total = product ? total * row[i] : total + row[i];
                        size += Math.Abs(row[i]);
                        long at = c.Shape.Length == 0 ? 0 : Elements.Position(c.Shape, Elements.Insert(place, axis, i));
                        (values[at], sizes[at]) = (Numeric.Round(total, type), size);
                    }
                }
            });
            Tensor y = product ? x.Tensor.cumprod(Negative(c, axis)) : x.Tensor.cumsum(Negative(c, axis));
            expected.ShouldBe(y, 12, i => product ? 0 : sizes[i], "running total");
        });
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Sort_is_stable_and_puts_NaN_last(bool descending)
    {
        Property.Holds("sort", Case.Arbitrary(0, 3, false, Numeric.All), c =>
        {
            Operand x = c.Operand(0, Any);
            int axis = Axis(c);
            (Tensor values, Tensor indices) = x.Tensor.sort(Negative(c, axis), descending, stable: true);
            (Elements sorted, Elements order) = Sorted(x.Elements, axis, descending, int.MaxValue);
            sorted.ShouldBe(values, 0, null, "values");
            order.ShouldBe(indices, 0, null, "indices");
            order.ShouldBe(x.Tensor.argsort(axis, descending), 0, null, "argsort");
        });
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Topk_gives_the_first_of_the_sorted(bool largest)
    {
        Property.Holds("topk", Case.Arbitrary(0, 3, false, Numeric.Numbers), c =>
        {
            Operand x = c.Operand(0, Any);
            int axis = Axis(c);
            long n = c.Shape.Length == 0 ? 1 : c.Shape[axis];
            int k = c.Choices().Next((int)n + 1);
            if (c.Shape.Length == 0) k = 1;
            (Tensor values, Tensor indices) = x.Tensor.topk(k, (int)Negative(c, axis), largest);
            (Elements expected, _) = Sorted(x.Elements, axis, largest, k);
            expected.ShouldBe(values, 0, null, "values");

            // Which of two equal elements comes first is open; what stands at the index is not.
            Elements at = Elements.Read(indices);
            int next = 0;
            foreach (long[] index in Samples.Indices(expected.Shape))
            {
                double picked = c.Shape.Length == 0 ? x.Elements.Value(0) : x.Elements.Value(Elements.Replace(index, axis, at.Whole[next]));
                if (!picked.Equals(expected.Value(next)) && picked != expected.Value(next)) throw new AssertionException($"index {next} points to {picked}, not {expected.Value(next)}");
                next++;
            }
        });
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Softmax_and_its_logarithm(bool logarithm)
    {
        Property.Holds("softmax", Case.Arbitrary(0, 4, false, Numeric.Reals), c =>
        {
            Operand x = c.Operand(0, new Domain(-30, 30));
            int axis = Axis(c);
            var sizes = new double[x.Elements.Count];
            Elements expected = Elements.Convert(c.Shape, x.Type, _ => 0).With(values =>
            {
                foreach ((long[] place, double[] row) in x.Elements.Rows(axis))
                {
                    double top = row.DefaultIfEmpty().Max(), total = References.Sum(row, x => Math.Exp(x - top));
                    for (int i = 0; i < row.Length; i++)
                    {
                        long at = c.Shape.Length == 0 ? 0 : Elements.Position(c.Shape, Elements.Insert(place, axis, i));
                        values[at] = Numeric.Round(logarithm ? row[i] - top - Math.Log(total) : Math.Exp(row[i] - top) / total, x.Type);
                        sizes[at] = logarithm ? 1 + row.Select(Math.Abs).DefaultIfEmpty().Max() : values[at] * (1 + Math.Abs(row[i] - row.Max()));
                    }
                }
            });
            Tensor y = logarithm ? x.Tensor.log_softmax(Negative(c, axis)) : x.Tensor.softmax(Negative(c, axis));
            expected.ShouldBe(y, 8, i => sizes[i], "softmax");
            x.ShouldBeUntouched();
        }, 80);
    }

    [Test]
    public void Layer_norm_of_the_last_dimensions()
    {
        Property.Holds("layer_norm", Case.Arbitrary(1, 4, false, Numeric.Reals), c =>
        {
            if (c.Shape.Contains(0)) return;
            Random random = c.Choices();
            Operand x = c.Operand(0, new Domain(-3, 5));
            int lead = random.Next(c.Shape.Length);
            long[] normalized = c.Shape[lead..];
            Operand weight = Operand.Of(normalized, x.Type, random.Next(), random.Next(), new Domain(-2, 2));
            Operand bias = Operand.Of(normalized, x.Type, random.Next(), random.Next(), new Domain(-2, 2));
            bool scaled = random.Next(3) > 0, moved = random.Next(3) > 0;
            int n = Elements.Volume(normalized);
            double[] spread = new double[x.Elements.Count];
            Elements expected = Elements.Of(c.Shape, x.Type, i =>
            {
                double[] row = Enumerable.Range(i / n * n, n).Select(k => x.Elements.Value(k)).ToArray();
                double mean = References.Sum(row) / n, deviation = Math.Sqrt(Variance(row, 0) + 1e-5);
                double y = (x.Elements.Value(i) - mean) / deviation;
                double w = scaled ? weight.Elements.Value(i % n) : 1;
                spread[i] = Math.Abs(w) * (1 + row.Select(Math.Abs).DefaultIfEmpty().Max() / deviation) + 3;
                return y * w + (moved ? bias.Elements.Value(i % n) : 0);
            });
            Tensor got = nn.functional.layer_norm(x.Tensor, normalized, scaled ? weight.Tensor : null, moved ? bias.Tensor : null);
            expected.ShouldBe(got, 8, i => spread[i], "layer_norm");
        }, 60);
    }

    // Rounding the mean shows, squared, where all elements are alike.
    private static double SpreadOf(double[] row, int correction) => 4 * Variance(row, correction) + 1e-7 * row.Select(x => x * x).DefaultIfEmpty().Max();

    internal static double Variance(double[] row, int correction)
    {
        double mean = References.Sum(row) / row.Length;
        return References.Sum(row, x => (x - mean) * (x - mean)) / Math.Max(row.Length - correction, 0);
    }

    internal static double LogSumExp(double[] row)
    {
        if (row.Any(double.IsNaN)) return double.NaN;
        double top = row.Length == 0 ? double.NegativeInfinity : row.Max();
        return double.IsInfinity(top) ? top : top + Math.Log(References.Sum(row, x => Math.Exp(x - top)));
    }

    private static void Check(Reduction f, string kind, Func<Random, int, long[]> choose)
    {
        Property.Holds(f.Name + kind, Case.Arbitrary(f.NeedsRank ? 1 : 0, 4, false, f.Types), c =>
        {
            Random random = c.Choices();
            long[] dims = choose(random, c.Shape.Length);
            if (f.Short && c.Shape.Any(n => n > 40)) return;
            bool keep = random.Next(2) == 0 && kind != "all";
            Operand x = c.Operand(0, f.Domain);
            bool[] reduced = Enumerable.Range(0, c.Shape.Length).Select(d => dims.Length == 0 || dims.Contains(d)).ToArray();
            long[] places = c.Shape.Select((n, d) => reduced[d] ? 1 : n).ToArray();
            long[] shape = keep ? places : places.Where((_, d) => !reduced[d]).ToArray();
            long[] inner = c.Shape.Select((n, d) => reduced[d] ? n : 1).ToArray();
            if (f.NeedsElements && Elements.Volume(inner) == 0)
            {
                // Nothing to choose from is an error, unless there is nowhere to put it.
                if (Elements.Volume(places) > 0) Assert.That(() => f.Call(x.Tensor, dims, keep), Throws.InstanceOf<ExternalException>());
                return;
            }

            double[][] rows = Samples.Indices(places)
                .Select(place => Samples.Indices(inner).Select(i => x.Elements.Value(place.Zip(i, (a, b) => a + b).ToArray())).ToArray()).ToArray();
            Elements expected = Elements.Convert(shape, f.Result(x.Type), i => f.Reference(rows[i]));
            if (random.Next(2) == 0) dims = Array.ConvertAll(dims, d => d - Math.Max(c.Shape.Length, 1));
            expected.ShouldBe(f.Call(x.Tensor, dims, keep), 12, i => f.Scale(rows[i]), f.Name);
            x.ShouldBeUntouched();
        }, 50);
    }

    private static (Elements Values, Elements Indices) Sorted(Elements x, int axis, bool descending, int count)
    {
        long[] shape = x.Rank == 0 ? [] : Elements.Replace(x.Shape, axis, Math.Min(x.Shape[axis], count));
        var sorted = new double[Elements.Volume(shape)];
        var order = new long[sorted.Length];
        foreach ((long[] place, double[] row) in x.Rows(axis))
        {
            IEnumerable<int> at = Enumerable.Range(0, row.Length);
            at = descending
                ? at.OrderByDescending(i => double.IsNaN(row[i])).ThenByDescending(i => row[i])
                : at.OrderBy(i => double.IsNaN(row[i])).ThenBy(i => row[i]);
            int next = 0;
            foreach (int i in at.Take(count))
            {
                long to = x.Rank == 0 ? 0 : Elements.Position(shape, Elements.Insert(place, axis, next++));
                (sorted[to], order[to]) = (row[i], i);
            }
        }

        return (Elements.Convert(shape, x.Type, i => sorted[i]), Elements.Of(shape, ScalarType.Int64, i => order[i]));
    }

    private static int Axis(Case c) => c.Choices().Next(Math.Max(c.Shape.Length, 1));

    private static long Negative(Case c, int axis) => c.Seed % 2 == 0 ? axis : axis - Math.Max(c.Shape.Length, 1);

    private static ScalarType SumType(ScalarType type) => Numeric.IsReal(type) ? type : ScalarType.Int64;

    // Masks were bytes before there were bools.
    private static ScalarType Truth(ScalarType type) => type == ScalarType.Byte ? ScalarType.Byte : ScalarType.Bool;

    private static double Largest(double[] row) => row.Any(double.IsNaN) ? double.NaN : row.Max();

    private static double Smallest(double[] row) => row.Any(double.IsNaN) ? double.NaN : row.Min();

    private sealed record Reduction(string Name, Func<Tensor, long[], bool, Tensor> Call, Func<double[], double> Reference, Func<double[], double> Scale)
    {
        public ScalarType[] Types { get; init; } = Numeric.Reals;

        public Domain Domain { get; init; } = Line;

        public Func<ScalarType, ScalarType> Result { get; init; } = type => type;

        public bool NeedsElements { get; init; }

        public bool NeedsRank { get; init; }

        public bool Short { get; init; }
    }
}
