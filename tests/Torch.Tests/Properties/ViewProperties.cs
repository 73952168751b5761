using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>Views, joining and splitting: where each element comes from, and whose storage it is.</summary>
public sealed class ViewProperties
{
    private static readonly Domain Line = new(-9, 9);

    private static IEnumerable<TestCaseData> Views()
    {
        Rule[] table =
        [
            new("permute", (x, random) =>
            {
                int[] order = Shuffled(random, x.Rank);
                return new(x.Take(order.Select(d => x.Shape[d]).ToArray(), i =>
                {
                    var from = new long[x.Rank];
                    for (int d = 0; d < x.Rank; d++) from[order[d]] = i[d];
                    return from;
                }), t => t.permute(order.Select(d => (long)d).ToArray()));
            }),
            new("transpose", (x, random) =>
            {
                int a = random.Next(x.Rank), b = random.Next(x.Rank);
                return new(x.Take(Swap(x.Shape, a, b), i => Swap(i, a, b)), t => t.transpose(a, b - x.Rank));
            }),
            new("select", (x, random) =>
            {
                int d = random.Next(x.Rank);
                if (x.Shape[d] == 0) return null;
                long at = random.NextInt64(x.Shape[d]);
                return new(x.Take(Elements.Without(x.Shape, d), i => Elements.Insert(i, d, at)), t => t.select(d - x.Rank, random.Next(2) == 0 ? at : at - x.Shape[d]));
            }),
            new("narrow", (x, random) =>
            {
                int d = random.Next(x.Rank);
                long start = random.NextInt64(x.Shape[d] + 1), length = random.NextInt64(x.Shape[d] - start + 1);
                return new(x.Take(Elements.Replace(x.Shape, d, length), i => Elements.Replace(i, d, i[d] + start)), t => t.narrow(d, start, length));
            }),
            new("slice", (x, random) =>
            {
                int d = random.Next(x.Rank);
                long n = x.Shape[d], start = random.NextInt64(n + 1), end = random.NextInt64(n + 3), step = 1 + random.Next(4);
                long length = Math.Max((Math.Min(end, n) - start + step - 1) / step, 0);
                return new(x.Take(Elements.Replace(x.Shape, d, length), i => Elements.Replace(i, d, i[d] * step + start)), t => t.slice(d, start, end, step));
            }),
            new("expand", (x, random) =>
            {
                long[] lead = [.. Enumerable.Range(0, random.Next(3)).Select(_ => 1 + random.NextInt64(3))];
                long[] inner = x.Shape.Select(n => n == 1 ? random.NextInt64(4) : n).ToArray();
                return new(
                    x.Take([.. lead, .. inner], i => x.Shape.Select((n, d) => n == 1 ? 0 : i[lead.Length + d]).ToArray()),
                    t => t.expand([.. lead, .. inner.Select((n, d) => n == x.Shape[d] && random.Next(2) == 0 ? -1 : n)]));
            }),
            new("unsqueeze", (x, random) =>
            {
                int d = random.Next(x.Rank + 1);
                return new(x.Take(Elements.Insert(x.Shape, d, 1), i => Elements.Without(i, d)), t => t.unsqueeze(random.Next(2) == 0 ? d : d - x.Rank - 1));
            }) { MinRank = 0 },
            new("squeeze", (x, _) =>
            {
                int[] kept = Enumerable.Range(0, x.Rank).Where(d => x.Shape[d] != 1).ToArray();
                return new(x.Take(kept.Select(d => x.Shape[d]).ToArray(), i =>
                {
                    var from = new long[x.Rank];
                    for (int k = 0; k < kept.Length; k++) from[kept[k]] = i[k];
                    return from;
                }), t => t.squeeze());
            }) { MinRank = 0 },
            new("squeeze of a dimension", (x, random) =>
            {
                int d = random.Next(x.Rank);
                return x.Shape[d] == 1
                    ? new(x.Take(Elements.Without(x.Shape, d), i => Elements.Insert(i, d, 0)), t => t.squeeze(d))
                    : new(x.Take(x.Shape, i => i), t => t.squeeze(d));
            }),
            new("diagonal", (x, random) =>
            {
                int[] order = Shuffled(random, x.Rank);
                int a = order[0], b = order[1];
                long offset = random.NextInt64(-3, 4);
                long length = Math.Max(0, offset >= 0 ? Math.Min(x.Shape[a], x.Shape[b] - offset) : Math.Min(x.Shape[a] + offset, x.Shape[b]));
                int[] kept = Enumerable.Range(0, x.Rank).Where(d => d != a && d != b).ToArray();
                return new(x.Take([.. kept.Select(d => x.Shape[d]), length], i =>
                {
                    var from = new long[x.Rank];
                    for (int k = 0; k < kept.Length; k++) from[kept[k]] = i[k];
                    from[a] = i[^1] + Math.Max(-offset, 0);
                    from[b] = i[^1] + Math.Max(offset, 0);
                    return from;
                }), t => t.diagonal(offset, a, b - x.Rank));
            }) { MinRank = 2 },
            new("unfold", (x, random) =>
            {
                int d = random.Next(x.Rank);
                long size = random.NextInt64(x.Shape[d] + 1), step = 1 + random.Next(3);
                long count = (x.Shape[d] - size) / step + 1;
                return new(x.Take([.. Elements.Replace(x.Shape, d, count), size], i => Elements.Replace(i[..^1], d, i[d] * step + i[^1])), t => t.unfold(d, size, step));
            }),
            new("movedim", (x, random) =>
            {
                int a = random.Next(x.Rank), b = random.Next(x.Rank);
                var order = Enumerable.Range(0, x.Rank).Where(d => d != a).ToList();
                order.Insert(b, a);
                return new(x.Take(order.Select(d => x.Shape[d]).ToArray(), i =>
                {
                    var from = new long[x.Rank];
                    for (int d = 0; d < x.Rank; d++) from[order[d]] = i[d];
                    return from;
                }), t => t.movedim([a], [b]));
            }),
            new("unflatten", (x, random) =>
            {
                int d = random.Next(x.Rank);
                long n = x.Shape[d], outer = n == 0 ? 1 : Enumerable.Range(1, (int)n).Where(k => n % k == 0).OrderBy(_ => random.Next()).First(), inner = n / outer;
                return new(
                    x.Take([.. x.Shape[..d], outer, inner, .. x.Shape[(d + 1)..]], i => [.. i[..d], i[d] * inner + i[d + 1], .. i[(d + 2)..]]),
                    t => n == 0 ? t.unflatten(d, 1, 0) : t.unflatten(d, outer, -1));
            }),
            new("alias", (x, _) => new(x.Take(x.Shape, i => i), t => t.alias())) { MinRank = 0 },
            new("detach", (x, _) => new(x.Take(x.Shape, i => i), t => t.detach())) { MinRank = 0 },
        ];
        return table.Select(f => new TestCaseData(f).SetArgDisplayNames(f.Name));
    }

    private static IEnumerable<TestCaseData> Copies()
    {
        Rule[] table =
        [
            new("reshape", (x, random) =>
            {
                long[] shape = Refactored(random, x.Count);
                return new(Reshaped(x, shape), t => t.reshape(shape));
            }) { MinRank = 0 },
            new("flatten", (x, random) =>
            {
                if (x.Rank == 0) return new(Reshaped(x, [1]), t => t.flatten());
                int first = random.Next(x.Rank), last = first + random.Next(x.Rank - first);
                long[] shape = [.. x.Shape[..first], x.Shape[first..(last + 1)].Aggregate(1L, (a, b) => a * b), .. x.Shape[(last + 1)..]];
                return new(Reshaped(x, shape), t => t.flatten(first, last - x.Rank));
            }) { MinRank = 0 },
            new("flip", (x, random) =>
            {
                long[] dims = Enumerable.Range(0, x.Rank).Where(_ => random.Next(2) == 0).Select(d => (long)d).ToArray();
                return new(x.Take(x.Shape, i => i.Select((at, d) => dims.Contains(d) ? x.Shape[d] - 1 - at : at).ToArray()), t => t.flip(dims));
            }),
            new("roll", (x, random) =>
            {
                int d = random.Next(x.Rank);
                long shift = random.NextInt64(-7, 8), n = x.Shape[d];
                return new(x.Take(x.Shape, i => Elements.Replace(i, d, ((i[d] - shift) % n + n) % n)), t => t.roll(shift, d));
            }),
            new("repeat", (x, random) =>
            {
                long[] times = Enumerable.Range(0, x.Rank + random.Next(2)).Select(_ => random.NextInt64(3)).ToArray();
                int lead = times.Length - x.Rank;
                return new(
                    x.Take(times.Select((n, d) => d < lead ? n : n * x.Shape[d - lead]).ToArray(), i => x.Shape.Select((n, d) => i[lead + d] % n).ToArray()),
                    t => t.repeat(times));
            }) { MinRank = 0 },
            new("repeat_interleave", (x, random) =>
            {
                int d = random.Next(x.Rank);
                long times = random.NextInt64(4);
                return new(x.Take(Elements.Replace(x.Shape, d, x.Shape[d] * times), i => Elements.Replace(i, d, i[d] / times)), t => t.repeat_interleave(times, d));
            }),
            new("tril", (x, random) =>
            {
                long diagonal = random.NextInt64(-3, 4);
                return new(Masked(x, i => i[^1] - i[^2] <= diagonal), t => t.tril(diagonal));
            }) { MinRank = 2 },
            new("triu", (x, random) =>
            {
                long diagonal = random.NextInt64(-3, 4);
                return new(Masked(x, i => i[^1] - i[^2] >= diagonal), t => t.triu(diagonal));
            }) { MinRank = 2 },
            new("index_select", (x, random) =>
            {
                int d = random.Next(x.Rank);
                long[] at = x.Shape[d] == 0 ? [] : Enumerable.Range(0, random.Next(6)).Select(_ => random.NextInt64(x.Shape[d])).ToArray();
                return new(x.Take(Elements.Replace(x.Shape, d, at.Length), i => Elements.Replace(i, d, at[i[d]])), t => t.index_select(d, tensor(at)));
            }),
            new("split and cat", (x, random) =>
            {
                int d = random.Next(x.Rank);
                long size = 1 + random.Next(5);
                return new(x, t =>
                {
                    Tensor[] parts = t.split(size, d);
                    for (int p = 0; p < parts.Length; p++)
                        x.Take(Elements.Replace(x.Shape, d, Math.Min(size, x.Shape[d] - p * size)), i => Elements.Replace(i, d, i[d] + p * size)).ShouldBe(parts[p], 0, null, $"part {p}");
                    return cat(parts, d - x.Rank);
                });
            }),
            new("chunk and cat", (x, random) =>
            {
                int d = random.Next(x.Rank), chunks = 1 + random.Next(4);
                return new(x, t => cat(t.chunk(chunks, d), d));
            }),
            new("unbind and stack", (x, random) =>
            {
                int d = random.Next(x.Rank);
                if (x.Shape[d] == 0) return null;
                return new(x, t => stack(t.unbind(d), d));
            }),
            new("diag_embed", (x, random) =>
            {
                long offset = random.NextInt64(-2, 3), n = x.Shape[^1] + Math.Abs(offset);
                long[] shape = [.. x.Shape[..^1], n, n];
                return new(Elements.Convert(shape, x.Type, _ => 0).With(values =>
                {
                    foreach (long[] i in Samples.Indices(x.Shape))
                        values[Elements.Position(shape, [.. i[..^1], i[^1] + Math.Max(-offset, 0), i[^1] + Math.Max(offset, 0)])] = x.Value(i);
                }), t => t.diag_embed(offset));
            }),
            new("meshgrid", (x, _) => new(x.Take([x.Shape[0], 2], i => [i[0]]), t => meshgrid([t, ones(2)])[0])) { MaxRank = 1 },
            new("take_along_dim", (x, random) =>
            {
                int d = random.Next(x.Rank);
                if (x.Shape[d] == 0) return null;
                long[] shape = Elements.Replace(x.Shape, d, 1 + random.NextInt64(4));
                long[] at = Enumerable.Range(0, Elements.Volume(shape)).Select(_ => random.NextInt64(x.Shape[d])).ToArray();
                return new(x.Take(shape, i => Elements.Replace(i, d, at[Elements.Position(shape, i)])), t => t.take_along_dim(tensor(at, shape), d));
            }),
        ];
        return table.Select(f => new TestCaseData(f).SetArgDisplayNames(f.Name));
    }

    [TestCaseSource(nameof(Views))]
    public void View_shows_the_same_storage(object rule)
    {
        var f = (Rule)rule;
        Property.Holds(f.Name, Case.Arbitrary(f.MinRank, f.MaxRank, false, Numeric.All), c =>
        {
            Operand x = c.Operand(0, Line);
            Outcome? outcome = f.Apply(x.Elements, c.Choices());
            if (outcome is null) return;
            Tensor y = outcome.Call(x.Tensor);
            outcome.Expected.ShouldBe(y, 0, null, f.Name);

            // What is written to the storage shows in the view.
            x.Base.fill_(1);
            Elements.Convert(outcome.Expected.Shape, x.Type, _ => 1).ShouldBe(y, 0, null, f.Name + " after a write to the storage");
        }, 50);
    }

    [TestCaseSource(nameof(Copies))]
    public void Rearranged(object rule)
    {
        var f = (Rule)rule;
        Property.Holds(f.Name, Case.Arbitrary(f.MinRank, f.MaxRank, false, Numeric.All), c =>
        {
            Operand x = c.Operand(0, Line);
            Outcome? outcome = f.Apply(x.Elements, c.Choices());
            if (outcome is null) return;
            outcome.Expected.ShouldBe(outcome.Call(x.Tensor), 0, null, f.Name);
            x.ShouldBeUntouched();
        }, 50);
    }

    [Test]
    public void View_of_another_shape_exists_exactly_where_torch_has_it()
    {
        Property.Holds("view", Case.Arbitrary(0, 4, false, [ScalarType.Float32]), c =>
        {
            Operand x = c.Operand(0, Line);
            long[] shape = Refactored(c.Choices(), x.Elements.Count);
            bool exists = CanView(x.Tensor.shape, x.Tensor.stride(), shape, x.Tensor.storage_offset());
            if (!exists)
            {
                Assert.That(() => x.Tensor.view(shape), Throws.InstanceOf<ExternalException>().With.Message.Contains("not compatible"));
                return;
            }

            Tensor y = x.Tensor.view(shape);
            Reshaped(x.Elements, shape).ShouldBe(y, 0, null, "view");
            x.Base.fill_(1);
            Elements.Convert(shape, x.Type, _ => 1).ShouldBe(y, 0, null, "view after a write to the storage");
        }, 150);
    }

    [Test]
    public void Joined_along_a_dimension_in_the_promoted_type()
    {
        Property.Holds("cat", Case.Arbitrary(1, 4, false, Numeric.All, Numeric.All, Numeric.All), c =>
        {
            Random random = c.Choices();
            int d = random.Next(c.Shape.Length);
            Operand[] parts = Enumerable.Range(0, 3).Select(k => Operand.Of(
                Elements.Replace(c.Shape, d, random.Next(4)), c.Types[k], c.Layouts[k], c.Seed + k, Line)).ToArray();
            ScalarType type = parts.Select(p => p.Type).Aggregate(Numeric.Promote);
            long[] shape = Elements.Replace(c.Shape, d, parts.Sum(p => p.Shape[d]));
            Elements expected = Elements.Convert(shape, type, _ => 0).With(values =>
            {
                foreach (long[] i in Samples.Indices(shape))
                {
                    long at = i[d];
                    int k = 0;
                    while (at >= parts[k].Shape[d]) at -= parts[k++].Shape[d];
                    values[Elements.Position(shape, i)] = Numeric.Round(parts[k].Elements.Value(Elements.Replace(i, d, at)), type);
                }
            });
            expected.ShouldBe(cat(parts.Select(p => p.Tensor).ToArray(), d - c.Shape.Length), 0, null, "cat");
        }, 60);
    }

    [Test]
    public void Element_type_changes_as_in_C()
    {
        Property.Holds("to_type", Case.Arbitrary(0, 4, false, Numeric.All, Numeric.All), c =>
        {
            ScalarType to = c.Types[1];
            Operand x = c.Operand(0, new Domain(Numeric.IsUnsigned(to) ? 0 : -120, 120));
            Elements expected = Numeric.IsReal(to)
                ? Elements.Of(c.Shape, to, i => Numeric.Round(x.Elements.Value(i), to))
                : to == ScalarType.Bool
                    ? Elements.Of(c.Shape, to, i => x.Elements.Value(i) != 0 ? 1L : 0)
                    : Elements.Of(c.Shape, to, i => (long)Math.Truncate(x.Elements.Value(i)));
            expected.ShouldBe(x.Tensor.to_type(to), 0, null, $"{x.Type} to {to}");
            Operand target = Operand.Of(c.Shape, to, c.Layouts[1], c.Seed + 5, Line, mayRepeat: false);
            target.Tensor.copy_(x.Tensor);
            target.BaseShouldHold(expected, 0);
        }, 200);
    }

    [Test]
    public void Elements_are_read_alike_every_way()
    {
        Property.Holds("read", Case.Arbitrary(0, 4, false, [ScalarType.Float32]), c =>
        {
            Operand x = c.Operand(0, Line);
            x.Elements.ShouldBe(x.Tensor, 0, null, "ReadCpu");
            double[] all = x.Tensor.data<float>().ToArray().Select(v => (double)v).ToArray();
            Elements.Of(c.Shape, x.Type, i => all[i]).ShouldBe(x.Tensor, 0, null, "data");
            if (!all.SequenceEqual(x.Elements.Real)) throw new AssertionException("data<float>() gives other elements");
            int next = 0;
            foreach (long[] index in Samples.Indices(c.Shape))
            {
                if (next > 50) break;
                Tensor one = index.Length == 0 ? x.Tensor : x.Tensor[index];
                if (one.item<float>() != x.Elements.Real[next++]) throw new AssertionException($"item at [{string.Join(", ", index)}] differs");
            }
        });
    }

    /// <summary>
    /// Whether strides exist under which a tensor has the other shape without a copy: found by asking of each new
    /// dimension which step in storage it takes, and whether every element is then where it was.
    /// </summary>
    private static bool CanView(long[] sizes, long[] strides, long[] shape, long offset)
    {
        int volume = Elements.Volume(sizes);
        if (volume <= 1) return true;
        long[][] from = Samples.Indices(sizes).ToArray();
        long PlaceOf(int position) => from[position].Select((i, d) => i * strides[d]).Sum() + offset;
        var step = new long[shape.Length];
        int inner = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] > 1) step[d] = PlaceOf(inner) - PlaceOf(0);
            inner *= (int)shape[d];
        }

        int next = 0;
        return Samples.Indices(shape).All(i => PlaceOf(next++) == offset + i.Select((at, d) => at * step[d]).Sum());
    }

    private static Elements Reshaped(Elements x, long[] shape) =>
        x.IsReal ? Elements.Of(shape, x.Type, i => x.Real[i]) : Elements.Of(shape, x.Type, i => x.Whole[i]);

    private static Elements Masked(Elements x, Func<long[], bool> keep)
    {
        bool[] kept = Samples.Indices(x.Shape).Select(keep).ToArray();
        return Elements.Convert(x.Shape, x.Type, i => kept[i] ? x.Value(i) : 0);
    }

    /// <summary>A random shape with that many elements.</summary>
    private static long[] Refactored(Random random, int count)
    {
        var shape = new List<long>();
        int rest = count;
        while (rest > 1 && shape.Count < 4)
        {
            int factor = Enumerable.Range(1, Math.Min(rest, 64)).Where(k => rest % k == 0).OrderBy(_ => random.Next()).First();
            shape.Add(factor);
            rest /= factor;
        }

        if (rest != 1) shape.Insert(random.Next(shape.Count + 1), rest);
        if (random.Next(3) == 0) shape.Insert(random.Next(shape.Count + 1), 1);
        return shape.ToArray();
    }

    private static int[] Shuffled(Random random, int rank)
    {
        int[] order = Enumerable.Range(0, rank).ToArray();
        random.Shuffle(order);
        return order;
    }

    private static long[] Swap(long[] list, int a, int b)
    {
        long[] copy = (long[])list.Clone();
        (copy[a], copy[b]) = (copy[b], copy[a]);
        return copy;
    }

    private sealed record Outcome(Elements Expected, Func<Tensor, Tensor> Call);

    private sealed record Rule(string Name, Func<Elements, Random, Outcome?> Apply)
    {
        public int MinRank { get; init; } = 1;

        public int MaxRank { get; init; } = 4;
    }
}
