using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Matrix products and what is made of them.</summary>
public sealed class ProductProperties
{
    private static readonly Domain Line = new(-2, 2);
    private static readonly ScalarType[] Types = [.. Numeric.Reals, ScalarType.Int64, ScalarType.Int32];

    [Test]
    public void Matmul_of_every_pair_of_ranks()
    {
        Property.Holds("matmul", Case.Arbitrary(0, 3, true, Types, Types), c =>
        {
            Random random = c.Choices();
            if (Elements.Volume(c.Shape) > 60) return;
            long n = Size(random), k = Size(random), m = Size(random);
            bool vectorLeft = random.Next(6) == 0, vectorRight = random.Next(6) == 0;
            long[] leadA = vectorLeft ? [] : c.ShapeOf(0), leadB = vectorRight ? [] : c.ShapeOf(1);
            ScalarType type = c.Types[0];
            Operand a = Operand.Of(vectorLeft ? [k] : [.. leadA, n, k], type, c.Layouts[0], c.Seed, Line);
            Operand b = Operand.Of(vectorRight ? [k] : [.. leadB, k, m], type, c.Layouts[1], c.Seed + 1, Line);
            long[] batch = Broadcast(leadA, leadB);
            long[] rows = vectorLeft ? [] : [n], columns = vectorRight ? [] : [m];
            long[] shape = [.. batch, .. rows, .. columns];
            (double[] values, double[] sizes) = Sums(shape, k, (i, at) =>
            {
                long[] place = i[..batch.Length];
                long row = vectorLeft ? 0 : i[batch.Length], column = vectorRight ? 0 : i[^1];
                long[] placeA = Inside(leadA, place), placeB = Inside(leadB, place);
                return a.Elements.Value(vectorLeft ? [at] : [.. placeA, row, at]) * b.Elements.Value(vectorRight ? [at] : [.. placeB, at, column]);
            });
            Elements.Convert(shape, type, i => values[i]).ShouldBe(a.Tensor.matmul(b.Tensor), 16, i => sizes[i], "matmul");
            a.ShouldBeUntouched();
            b.ShouldBeUntouched();
        }, 150);
    }

    [Test]
    public void Bmm_baddbmm_mm_addmm_mv_dot()
    {
        Property.Holds("products", Case.Arbitrary(0, 0, false, Types), c =>
        {
            Random random = c.Choices();
            long count = random.Next(4), n = Size(random), k = Size(random), m = Size(random);
            ScalarType type = c.Types[0];
            Operand a = Operand.Of([count, n, k], type, random.Next(), c.Seed, Line), b = Operand.Of([count, k, m], type, random.Next(), c.Seed + 1, Line);
            Operand added = Operand.Of(random.Next(2) == 0 ? [n, 1] : [m], type, random.Next(), c.Seed + 2, Line);
            (double[] values, double[] sizes) = Sums([count, n, m], k, (i, at) => a.Elements.Value(i[0], i[1], at) * b.Elements.Value(i[0], at, i[2]));
            Elements.Convert([count, n, m], type, i => values[i]).ShouldBe(a.Tensor.bmm(b.Tensor), 16, i => sizes[i], "bmm");
            long[][] at = Samples.Indices([count, n, m]).ToArray();
            double Added(int i) => added.Elements.Value(Samples.Flat(added.Shape, at[i]));
            Elements.Convert([count, n, m], type, i => 2 * Added(i) + 3 * values[i])
                .ShouldBe(added.Tensor.baddbmm(a.Tensor, b.Tensor, beta: 2, alpha: 3), 16, i => 3 * sizes[i] + 4 + Math.Abs(2 * Added(i) + 3 * values[i]), "baddbmm");
            if (count == 0) return;
            Tensor first = a.Tensor[0], second = b.Tensor[0];
            Elements.Convert([n, m], type, i => values[i]).ShouldBe(first.mm(second), 16, i => sizes[i], "mm");
            Elements.Convert([n, m], type, i => Added(i) + values[i]).ShouldBe(added.Tensor.addmm(first, second), 16, i => sizes[i] + 4, "addmm");
            Elements.Convert([n, m], type, i => values[i]).ShouldBe(added.Tensor.addmm(first, second, beta: 0), 16, i => sizes[i], "addmm without self");
            if (m > 0) Elements.Convert([n], type, i => values[i * m]).ShouldBe(first.mv(second.select(1, 0)), 16, i => sizes[i * m], "mv");
            if (n > 0 && m > 0) Elements.Convert([], type, _ => values[0]).ShouldBe(first[0].dot(second.select(1, 0)), 16, _ => sizes[0], "dot");
            if (k > 0)
            {
                Elements x = Elements.Read(first), y = Elements.Read(second);
                if (n > 0 && m > 0)
                    Elements.Convert([n, m], type, i => Numeric.Round(x.Value(i / m, 0) * y.Value(0, i % m), type)).ShouldBe(first.select(1, 0).outer(second[0]), 4, null, "outer");
            }
        }, 100);
    }

    [TestCase("ij,jk->ik")]
    [TestCase("ij,kj->ik")]
    [TestCase("bij,bjk->bik")]
    [TestCase("bhqd,bhkd->bhqk")]
    [TestCase("bqhd,bkhd->bhqk")]
    [TestCase("bhqk,bkhd->bqhd")]
    [TestCase("bhqk,bkhd,hdm->bqm")]
    [TestCase("ij->ji")]
    [TestCase("ij->i")]
    [TestCase("ij->")]
    [TestCase("ii->i")]
    [TestCase("ii->")]
    [TestCase("i,j->ij")]
    [TestCase("i,i->")]
    [TestCase("ij,ij->ij")]
    [TestCase("ijk,k->ji")]
    [TestCase("ij,jk,kl->il")]
    [TestCase("ij,jk")]
    [TestCase("ba,cb")]
    [TestCase("...ij,...jk->...ik")]
    public void Einsum(string equation)
    {
        Property.Holds(equation, Case.Arbitrary(0, 0, false, [ScalarType.Float32, ScalarType.Float64]), c =>
        {
            Random random = c.Choices();
            long lead = random.Next(1, 3);
            string named = equation.Replace("...", "zy");
            string[] inputs = named.Split("->")[0].Split(',');
            string output = named.Contains("->")
                ? named.Split("->")[1]
                : string.Concat(inputs.SelectMany(s => s).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order());
            Dictionary<char, long> size = inputs.SelectMany(s => s).Distinct().ToDictionary(l => l, l => l is 'z' or 'y' ? lead : (long)random.Next(1, 6));
            Operand[] operands = inputs.Select((s, i) => Operand.Of(s.Select(l => size[l]).ToArray(), c.Types[0], random.Next(3) == 0 ? 0 : random.Next(), c.Seed + i, Line)).ToArray();
            char[] letters = [.. output, .. size.Keys.Except(output)];
            long[] shape = output.Select(l => size[l]).ToArray(), summed = letters[output.Length..].Select(l => size[l]).ToArray();
            int terms = Elements.Volume(summed);
            long[][] inner = Samples.Indices(summed).ToArray();
            (double[] values, double[] sizes) = Sums(shape, terms, (i, at) =>
            {
                long Of(char l)
                {
                    int p = Array.IndexOf(letters, l);
                    return p < output.Length ? i[p] : inner[at][p - output.Length];
                }

                return inputs.Select((s, o) => operands[o].Elements.Value(s.Select(Of).ToArray())).Aggregate(1.0, (p, q) => p * q);
            });
            Elements.Convert(shape, c.Types[0], i => values[i]).ShouldBe(einsum(equation, operands.Select(o => o.Tensor).ToArray()), 24, i => sizes[i], equation);
        }, 25);
    }

    [Test]
    public void Scaled_dot_product_attention_with_and_without_masks()
    {
        Property.Holds("attention", Case.Arbitrary(0, 2, false, [ScalarType.Float32, ScalarType.Float64]), c =>
        {
            Random random = c.Choices();
            if (Elements.Volume(c.Shape) > 30) return;
            long queries = 1 + Size(random), keys = 1 + Size(random), width = 1 + random.Next(9), values = 1 + random.Next(9);
            int mode = random.Next(4);
            ScalarType type = c.Types[0];
            Operand q = Operand.Of([.. c.Shape, queries, width], type, random.Next(), c.Seed, Line), k = Operand.Of([.. c.Shape, keys, width], type, random.Next(), c.Seed + 1, Line);
            Operand v = Operand.Of([.. c.Shape, keys, values], type, random.Next(), c.Seed + 2, Line);
            Operand bias = Operand.Of([queries, keys], type, random.Next(), c.Seed + 3, Line);
            Operand allowed = Operand.Of([queries, keys], ScalarType.Bool, 0, () => random.Next(3));
            Elements expected = Elements.Convert([.. c.Shape, queries, values], type, _ => 0).With(result =>
            {
                int next = 0;
                foreach (long[] i in Samples.Indices([.. c.Shape, queries, values]))
                {
                    long[] lead = i[..^2];
                    double[] scores = Enumerable.Range(0, (int)keys).Select(j =>
                    {
                        double dot = Enumerable.Range(0, (int)width).Sum(d => q.Elements.Value([.. lead, i[^2], d]) * k.Elements.Value([.. lead, j, d])) / Math.Sqrt(width);
                        return mode switch
                        {
                            1 when j > i[^2] => double.NegativeInfinity,
                            2 => dot + bias.Elements.Value(i[^2], j),
                            3 when allowed.Elements.Value(i[^2], j) == 0 => double.NegativeInfinity,
                            _ => dot,
                        };
                    }).ToArray();
                    double top = scores.Max(), total = scores.Sum(s => Math.Exp(s - top));
                    result[next++] = Enumerable.Range(0, (int)keys).Sum(j => Math.Exp(scores[j] - top) / total * v.Elements.Value([.. lead, j, i[^1]]));
                }
            });

            // A query that may look at nothing has no distribution: NaN, as in torch 1.13.
            Tensor? mask = mode switch { 2 => bias.Tensor, 3 => allowed.Tensor, _ => null };
            Tensor y = nn.functional.scaled_dot_product_attention(q.Tensor, k.Tensor, v.Tensor, mask, 0, mode == 1);
            expected.ShouldBe(y, 24, _ => 8, "attention");
        }, 80);
    }

    private static (double[] Values, double[] Sizes) Sums(long[] shape, long terms, Func<long[], long, double> term)
    {
        var values = new double[Elements.Volume(shape)];
        var sizes = new double[values.Length];
        int next = 0;
        foreach (long[] i in Samples.Indices(shape))
        {
            double[] all = Enumerable.Range(0, (int)terms).Select(k => term(i, k)).ToArray();
            values[next] = References.Sum(all);
            sizes[next] = References.Sum(all, Math.Abs);
            next++;
        }

        return (values, sizes);
    }

    private static long Size(Random random) => random.Next(12) switch { 0 => 0, 1 => 1, 2 => 17 + random.Next(20), _ => 1 + random.Next(9) };

    private static long[] Inside(long[] shape, long[] index) =>
        shape.Select((n, d) => n == 1 ? 0 : index[index.Length - shape.Length + d]).ToArray();

    private static long[] Broadcast(long[] a, long[] b)
    {
        var shape = new long[Math.Max(a.Length, b.Length)];
        for (int d = 1; d <= shape.Length; d++)
        {
            long x = d <= a.Length ? a[^d] : 1, y = d <= b.Length ? b[^d] : 1;
            shape[^d] = x == 1 ? y : x;
        }

        return shape;
    }
}
