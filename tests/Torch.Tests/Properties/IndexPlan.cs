using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Properties;

/// <summary>
/// A random list of indices (numbers, slices, None, an ellipsis, tensors, masks) and, by NumPy's rules, the element
/// of the source for each element of the result.
/// </summary>
internal sealed class IndexPlan
{
    private IndexPlan(TensorIndex[] indices, long[] shape, long[][] sources, string text)
    {
        Indices = indices;
        Shape = shape;
        Sources = sources;
        Text = text;
    }

    public TensorIndex[] Indices { get; }

    public long[] Shape { get; }

    public long[][] Sources { get; }

    public string Text { get; }

    public bool IsInjective => Sources.Select(s => string.Join(",", s)).Distinct().Count() == Sources.Length;

    public Elements Read(Elements x)
    {
        int next = 0;
        return x.Take(Shape, _ => Sources[next++]);
    }

    public static IndexPlan Draw(long[] shape, Random random)
    {
        var indices = new List<TensorIndex>();
        var text = new List<string>();

        // For each dimension of the source: the number it is fixed at, a slice, or a tensor of places.
        var result = new List<Slot>();
        int d = 0;
        bool ellipsis = false, advanced = random.Next(2) == 0;
        long[] common = Enumerable.Range(0, random.Next(3)).Select(_ => 1 + random.NextInt64(4)).ToArray();
        while (d < shape.Length)
        {
            int kind = random.Next(10);
            long n = shape[d];
            if (kind == 0)
            {
                indices.Add(TensorIndex.None);
                text.Add("None");
                result.Add(new Slot(-1, 0, 0, 1, null));
            }
            else if (kind == 1 && !ellipsis)
            {
                ellipsis = true;
                int skip = random.Next(shape.Length - d + 1);

                // What follows the ellipsis has to account for every dimension that is left.
                indices.Add(TensorIndex.Ellipsis);
                text.Add("...");
                for (int k = 0; k < skip; k++, d++) result.Add(new Slot(d, 0, 1, shape[d], null));
                while (d < shape.Length)
                {
                    if (shape[d] > 0 && random.Next(2) == 0)
                    {
                        long at = random.NextInt64(shape[d]);
                        indices.Add(TensorIndex.Single(at));
                        text.Add($"{at}");
                        result.Add(new Slot(d++, at, 0, -1, null));
                    }
                    else
                    {
                        indices.Add(TensorIndex.Colon);
                        text.Add(":");
                        result.Add(new Slot(d, 0, 1, shape[d++], null));
                    }
                }
            }
            else if (kind <= 3 && n > 0)
            {
                long at = random.NextInt64(n);
                long written = random.Next(2) == 0 ? at : at - n;
                indices.Add(random.Next(2) == 0 ? TensorIndex.Single(written) : (TensorIndex)written);
                text.Add($"{written}");
                result.Add(new Slot(d++, at, 0, -1, null));
            }
            else if (kind <= 5 && advanced && n > 0)
            {
                long[] own = common.Select(size => random.Next(4) == 0 ? 1 : size).ToArray();
                own = own[random.Next(own.Length + 1)..];
                long[] at = Enumerable.Range(0, Elements.Volume(own)).Select(_ => random.NextInt64(n)).ToArray();
                long[] written = at.Select(i => random.Next(3) == 0 ? i - n : i).ToArray();
                indices.Add(TensorIndex.Tensor(tensor(written, own)));
                text.Add($"tensor[{string.Join(", ", own)}]({string.Join(", ", written.Take(20))})");
                result.Add(new Slot(d++, 0, 0, 0, (own, at)));
            }
            else if (kind == 6 && advanced && common.Length == 0)
            {
                // A mask stands for one list of places a dimension, as many as it has ones.
                int rank = Math.Min(1 + random.Next(2), shape.Length - d);
                long[] sizes = shape[d..(d + rank)];
                bool[] chosen = Enumerable.Range(0, Elements.Volume(sizes)).Select(_ => random.Next(2) == 0).ToArray();
                long[][] places = Samples.Indices(sizes).Where((_, i) => chosen[i]).ToArray();
                indices.Add(TensorIndex.Tensor(tensor(chosen, sizes)));
                text.Add($"mask[{string.Join(", ", sizes)}]");
                for (int k = 0; k < rank; k++) result.Add(new Slot(d++, 0, 0, 0, ([places.Length], places.Select(p => p[k]).ToArray())));
                advanced = false;
            }
            else
            {
                long start = random.NextInt64(n + 1), stop = random.NextInt64(start, n + 1), step = 1 + random.Next(3);
                bool open = random.Next(3) == 0;
                indices.Add(TensorIndex.Slice(random.Next(2) == 0 || start == n ? start : start - n, open ? null : random.Next(2) == 0 || stop == n ? stop : stop - n, step));
                if (open) stop = n;
                text.Add($"{start}:{stop}:{step}");
                result.Add(new Slot(d, start, step, (stop - start + step - 1) / step, null));
                d++;
            }

            // Indices may end early: the other dimensions are kept.
            if (random.Next(8) == 0) break;
        }

        for (; d < shape.Length; d++) result.Add(new Slot(d, 0, 1, shape[d], null));
        return Resolve(shape, indices.ToArray(), result, string.Join(", ", text));
    }

    private static IndexPlan Resolve(long[] shape, TensorIndex[] indices, List<Slot> slots, string text)
    {
        // Numbers take their dimension away before tensors are looked at, so they do not part neighbours.
        List<Slot> open = slots.Where(s => s.Size != -1).ToList();
        int first = open.FindIndex(s => s.Places is not null), last = open.FindLastIndex(s => s.Places is not null);
        long[] places = [];
        foreach (Slot s in open)
        {
            if (s.Places is not { } own) continue;
            int rank = Math.Max(places.Length, own.Shape.Length);
            var both = new long[rank];
            for (int k = 1; k <= rank; k++)
            {
                long a = k <= places.Length ? places[^k] : 1, b = k <= own.Shape.Length ? own.Shape[^k] : 1;
                both[^k] = a == 1 ? b : a;
            }

            places = both;
        }

        bool together = first >= 0 && open.Skip(first).Take(last - first + 1).All(s => s.Places is not null);
        int before = first < 0 ? 0 : together ? first : 0;
        List<Slot> kept = open.Where(s => s.Places is null).ToList();
        long[] result = [.. kept.Take(before).Select(s => s.Size), .. places, .. kept.Skip(before).Select(s => s.Size)];
        long[][] sources = Samples.Indices(result).Select(i =>
        {
            var source = new long[shape.Length];
            long[] place = i[before..(before + places.Length)];
            long[] rest = [.. i[..before], .. i[(before + places.Length)..]];
            int next = 0;
            foreach (Slot s in slots)
            {
                if (s.Size == -1) source[s.Dimension] = s.Start;
                else if (s.Places is { } own) source[s.Dimension] = own.At[Samples.Flat(own.Shape, place)];
                else if (s.Dimension >= 0) source[s.Dimension] = s.Start + s.Step * rest[next++];
                else next++;
            }

            return source;
        }).ToArray();
        return new IndexPlan(indices, result, sources, $"[{text}] of [{string.Join(", ", shape)}]");
    }

    private sealed record Slot(int Dimension, long Start, long Step, long Size, (long[] Shape, long[] At)? Places);
}
