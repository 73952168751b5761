using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Reading and writing by indices, masks and conditions.</summary>
public sealed class IndexingProperties
{
    private static readonly Domain Line = new(-9, 9);

    [Test]
    public void Indexing_reads_what_numpys_rules_say()
    {
        Property.Holds("index", Case.Arbitrary(1, 4, false, Numeric.All), c =>
        {
            Operand x = c.Operand(0, Line);
            IndexPlan plan = IndexPlan.Draw(c.Shape, c.Choices());
            plan.Read(x.Elements).ShouldBe(x.Tensor[plan.Indices], 0, null, plan.Text);
            x.ShouldBeUntouched();
        }, 400);
    }

    [Test]
    public void Indexing_writes_where_it_reads()
    {
        Property.Holds("index_put_", Case.Arbitrary(1, 4, false, Numeric.All), c =>
        {
            Random random = c.Choices();
            IndexPlan plan = IndexPlan.Draw(c.Shape, random);
            Operand x = c.Operand(0, Line, mayRepeat: false);
            bool accumulate = random.Next(3) == 0 && x.Type != ScalarType.Bool;
            if (!accumulate && !plan.IsInjective) return;
            long[] shape = plan.Shape.Select(n => random.Next(4) == 0 ? 1 : n).ToArray();
            shape = shape[random.Next(shape.Length + 1)..];
            Operand value = Operand.Of(shape, x.Type, random.Next(2) * 77, c.Seed, new Domain(-5, 5));
            Elements expected = x.Elements.With(values =>
            {
                int next = 0;
                foreach (long[] at in Samples.Indices(plan.Shape))
                {
                    double v = value.Elements.Value(Samples.Flat(shape, at));
                    long to = Elements.Position(c.Shape, plan.Sources[next++]);
                    values[to] = accumulate ? Numeric.Round(values[to] + v, x.Type) : v;
                }
            });
            if (accumulate) x.Tensor.index_put_(value.Tensor, plan.Indices, accumulate: true);
            else x.Tensor[plan.Indices] = value.Tensor;
            expected.ShouldBe(x.Tensor, accumulate ? 20 : 0, accumulate ? _ => 50 : null, plan.Text);
            x.BaseShouldHold(Elements.Read(x.Tensor), 0);
        }, 400);
    }

    [Test]
    public void A_number_is_written_to_every_place()
    {
        Property.Holds("index_put_ number", Case.Arbitrary(1, 4, false, Numeric.All), c =>
        {
            IndexPlan plan = IndexPlan.Draw(c.Shape, c.Choices());
            Operand x = c.Operand(0, Line, mayRepeat: false);
            Elements expected = x.Elements.With(values =>
            {
                foreach (long[] source in plan.Sources) values[Elements.Position(c.Shape, source)] = 1;
            });
            x.Tensor.index_put_(1, plan.Indices);
            expected.ShouldBe(x.Tensor, 0, null, plan.Text);
            x.BaseShouldHold(Elements.Read(x.Tensor), 0);
        }, 150);
    }

    [Test]
    public void Gather_takes_along_a_dimension()
    {
        Property.Holds("gather", Case.Arbitrary(0, 4, false, Numeric.All), c =>
        {
            Random random = c.Choices();
            Operand x = c.Operand(0, Line);
            int d = random.Next(Math.Max(c.Shape.Length, 1));
            if (c.Shape.Length > 0 && c.Shape[d] == 0) return;
            Operand index = Places(random, c, d, random.Next(1, 6), unique: false);
            Elements expected = x.Elements.Take(index.Shape, i => c.Shape.Length == 0 ? [] : Elements.Replace(i, d, (long)index.Elements.Value(i)));
            expected.ShouldBe(x.Tensor.gather(d - (random.Next(2) == 0 ? Math.Max(c.Shape.Length, 1) : 0), index.Tensor), 0, null, "gather");
        }, 80);
    }

    [Test]
    public void Scatter_writes_along_a_dimension()
    {
        Property.Holds("scatter", Case.Arbitrary(0, 4, false, Numeric.Numbers), c =>
        {
            Random random = c.Choices();
            bool add = random.Next(2) == 0;
            Operand x = c.Operand(0, Line, mayRepeat: false);
            int d = random.Next(Math.Max(c.Shape.Length, 1));
            if (c.Shape.Length > 0 && c.Shape[d] == 0) return;
            Operand index = Places(random, c, d, add ? 6 : random.Next((int)(c.Shape.Length == 0 ? 1 : c.Shape[d])) + 1, unique: !add);
            Operand source = Operand.Of(index.Shape.Select(n => n + random.Next(2)).ToArray(), x.Type, random.Next(2) * 55, c.Seed + 3, new Domain(-5, 5));
            Elements expected = x.Elements.With(values =>
            {
                foreach (long[] i in Samples.Indices(index.Shape))
                {
                    long at = c.Shape.Length == 0 ? 0 : Elements.Position(c.Shape, Elements.Replace(i, d, (long)index.Elements.Value(i)));
                    values[at] = add ? Numeric.Round(values[at] + source.Elements.Value(i), x.Type) : source.Elements.Value(i);
                }
            });
            Tensor y = add ? x.Tensor.scatter_add(d, index.Tensor, source.Tensor) : x.Tensor.scatter(d, index.Tensor, source.Tensor);
            expected.ShouldBe(y, add ? 20 : 0, add ? _ => 40 : null, "scatter");
            x.ShouldBeUntouched();
            if (add) x.Tensor.scatter_add_(d, index.Tensor, source.Tensor);
            else x.Tensor.scatter_(d, index.Tensor, source.Tensor);
            x.BaseShouldHold(Elements.Read(y), 0);
        }, 80);
    }

    [Test]
    public void Index_add_copy_and_fill_along_a_dimension()
    {
        Property.Holds("index_add", Case.Arbitrary(1, 4, false, Numeric.Numbers), c =>
        {
            Random random = c.Choices();
            int d = random.Next(c.Shape.Length), kind = random.Next(3);
            if (c.Shape[d] == 0) return;
            long[] at = Enumerable.Range(0, (int)c.Shape[d]).OrderBy(_ => random.Next()).Take(1 + random.Next(5)).Select(i => (long)i).ToArray();
            if (kind == 0) at = at.Select(_ => random.NextInt64(c.Shape[d])).ToArray();
            Operand x = c.Operand(0, Line, mayRepeat: false);
            Operand source = Operand.Of(Elements.Replace(c.Shape, d, at.Length), x.Type, random.Next(2) * 33, c.Seed + 3, new Domain(-5, 5));
            Elements expected = x.Elements.With(values =>
            {
                foreach (long[] i in Samples.Indices(source.Shape))
                {
                    long to = Elements.Position(c.Shape, Elements.Replace(i, d, at[i[d]]));
                    double v = source.Elements.Value(i);
                    values[to] = kind switch { 0 => Numeric.Round(values[to] + 2 * v, x.Type), 1 => v, _ => 7 };
                }
            });
            Tensor places = tensor(at);
            Tensor y = kind switch
            {
                0 => x.Tensor.index_add_(d, places, source.Tensor, 2),
                1 => x.Tensor.index_copy_(d, places, source.Tensor),
                _ => x.Tensor.index_fill_(d, places, 7),
            };
            expected.ShouldBe(y, kind == 0 ? 20 : 0, kind == 0 ? _ => 60 : null, "index_add_, index_copy_, index_fill_");
            x.BaseShouldHold(Elements.Read(x.Tensor), 0);
        }, 60);
    }

    [Test]
    public void Where_chooses_by_the_condition()
    {
        Property.Holds("where", Case.Arbitrary(0, 4, true, [ScalarType.Bool], Numeric.All, Numeric.All), c =>
        {
            Operand condition = c.Operand(0, Line), x = c.Operand(1, Line), y = c.Operand(2, Line);
            long[] shape = Broadcast(Broadcast(condition.Shape, x.Shape), y.Shape);
            ScalarType type = Numeric.Result(x.Elements, y.Elements);
            Elements expected = Elements.Convert(shape, type, _ => 0).With(values =>
            {
                int next = 0;
                foreach (long[] i in Samples.Indices(shape))
                {
                    Operand from = condition.Elements.Value(Samples.Flat(condition.Shape, i)) != 0 ? x : y;
                    values[next++] = Numeric.Round(from.Elements.Value(Samples.Flat(from.Shape, i)), type);
                }
            });
            expected.ShouldBe(where(condition.Tensor, x.Tensor, y.Tensor), 0, null, "where");
        }, 100);
    }

    [Test]
    public void Masked_fill_and_masked_select()
    {
        Property.Holds("masked", Case.Arbitrary(0, 4, true, Numeric.All, [ScalarType.Bool]), c =>
        {
            c = c with { Ones = [0, c.Ones[1]], Dropped = [0, c.Dropped[1]] };
            Operand x = c.Operand(0, Line, mayRepeat: false), mask = c.Operand(1, Line);
            bool[] chosen = Samples.Indices(c.Shape).Select(i => mask.Elements.Value(Samples.Flat(mask.Shape, i)) != 0).ToArray();
            Elements filled = Elements.Convert(c.Shape, x.Type, i => chosen[i] ? 1 : x.Elements.Value(i));
            filled.ShouldBe(x.Tensor.masked_fill(mask.Tensor, 1), 0, null, "masked_fill");
            double[] picked = Enumerable.Range(0, x.Elements.Count).Where(i => chosen[i]).Select(i => x.Elements.Value(i)).ToArray();
            Elements.Convert([picked.Length], x.Type, i => picked[i]).ShouldBe(x.Tensor.masked_select(mask.Tensor), 0, null, "masked_select");
            x.ShouldBeUntouched();
            x.Tensor.masked_fill_(mask.Tensor, 1);
            x.BaseShouldHold(filled, 0);
        }, 80);
    }

    [Test]
    public void Nonzero_lists_the_places()
    {
        Property.Holds("nonzero", Case.Arbitrary(0, 4, false, Numeric.All), c =>
        {
            Operand x = c.Operand(0, new Domain(-1, 1));
            long[][] places = Samples.Indices(c.Shape).Where(i => x.Elements.Value(i) != 0).ToArray();
            Elements.Of([places.Length, c.Shape.Length], ScalarType.Int64, i => places[i / c.Shape.Length][i % c.Shape.Length]).ShouldBe(x.Tensor.nonzero(), 0, null, "nonzero");
        });
    }

    private static Operand Places(Random random, Case c, int d, int count, bool unique)
    {
        if (c.Shape.Length == 0) return Operand.Of([], ScalarType.Int64, 0, () => 0);
        long[] shape = Elements.Replace(c.Shape.Select(n => n == 0 ? 0 : 1 + random.NextInt64(n)).ToArray(), d, count);
        if (!unique) return Operand.Of(shape, ScalarType.Int64, random.Next(2) * 99, () => random.NextInt64(c.Shape[d]));

        // In each row the places differ, so that the order of writing does not matter.
        var at = new double[Elements.Volume(shape)];
        foreach (long[] place in Samples.Indices(Elements.Without(shape, d)))
        {
            int[] order = Enumerable.Range(0, (int)c.Shape[d]).OrderBy(_ => random.Next()).ToArray();
            for (int i = 0; i < count; i++) at[Elements.Position(shape, Elements.Insert(place, d, i))] = order[i];
        }

        int next = 0;
        return Operand.Of(shape, ScalarType.Int64, 0, () => at[next++]);
    }

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
