using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Tensors;

public sealed class IndexingTests
{
    [Test]
    public void Basic_indices_select_what_numpy_selects()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(24).view(2, 3, 4);
        Samples.ShouldBe(x[1], [3, 4], Enumerable.Range(12, 12).Select(i => (double)i).ToArray(), 0);
        Samples.ShouldBe(x[-1, 0], [4], [12, 13, 14, 15], 0);
        x[1, 2, 3].item<long>().Should().Be(23);
        Samples.ShouldBe(x[TensorIndex.Ellipsis, 0], [2, 3], [0, 4, 8, 12, 16, 20], 0);
        Samples.ShouldBe(x[TensorIndex.Colon, 1..3, ^1], [2, 2], [7, 11, 19, 23], 0);
        Samples.ShouldBe(x[0, TensorIndex.Slice(-2), TensorIndex.Slice(null, -1, 2)], [2, 2], [4, 6, 8, 10], 0);
        x[TensorIndex.None, 0, TensorIndex.Ellipsis, TensorIndex.None].shape.Should().Equal(1, 3, 4, 1);
        x[0, ..^1].shape.Should().Equal(2, 4);
        Fails(() => _ = x[2], "*index 2*");
        Fails(() => _ = x[0, 0, 0, 0], "*too many indices*");
        Fails(() => _ = x[TensorIndex.Colon, 5..9, 7], "*index 7*");
    }

    [Test]
    public void Index_tensors_select_by_position_and_by_mask()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(24).view(2, 3, 4);
        Tensor rows = tensor(new long[] { 1, 0, 1 }), columns = tensor(new long[] { -1, 0, 2 });
        Samples.ShouldBe(x[rows, columns], [3, 4], [20, 21, 22, 23, 0, 1, 2, 3, 20, 21, 22, 23], 0);
        Samples.ShouldBe(x[TensorIndex.Colon, TensorIndex.Tensor(columns), 1], [2, 3], [9, 1, 9, 21, 13, 21], 0);
        Samples.ShouldBe(x[TensorIndex.Tensor(tensor(new long[] { 1 })), TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 0, 3 }))], [2, 3], [12, 16, 20, 15, 19, 23], 0);
        Samples.ShouldBe(x[TensorIndex.Tensor(x > 20)], [3], [21, 22, 23], 0);
        Samples.ShouldBe(x[TensorIndex.Colon, TensorIndex.Tensor(tensor(new[] { true, false, true })), 0], [2, 2], [0, 8, 12, 20], 0);
        Samples.ShouldBe(x.transpose(0, 2)[rows, columns], [3, 2], [9, 21, 0, 12, 9, 21], 0);
        Samples.ShouldBe(x.masked_select(x % 7 == 0), [4], [0, 7, 14, 21], 0);
        Fails(() => _ = x[tensor(new long[] { 2 })], "*index 2*dimension 0*size 2*");
        Fails(() => _ = x[TensorIndex.Tensor(tensor(new[] { true, false, true }))], "*mask*");
        Fails(() => _ = x[tensor(new[] { 1f })], "*index*");
    }

    [Test]
    public void Assignment_writes_exactly_the_selected_elements()
    {
        var random = new Random(12);
        for (int trial = 0; trial < 60; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Samples.Of(random, [4, 5, 6], ScalarType.Float32).clone();
            if (trial % 2 == 1) x = x.permute(2, 0, 1).contiguous().permute(1, 2, 0);
            double[] expected = Samples.Values(x);
            long start = random.Next(4), stop = start + random.Next(3), step = 1 + random.Next(2);
            long[] picks = [random.Next(5), random.Next(5) - 5];
            Tensor value = randn(2);
            double[] v = Samples.Values(value);
            x[random.Next(2) == 0 ? TensorIndex.Ellipsis : TensorIndex.Colon, TensorIndex.Tensor(tensor(picks)), TensorIndex.Slice(start, stop, step)] = value.unsqueeze(1);
            for (int i = 0; i < 4; i++)
                for (int p = 0; p < 2; p++)
                    for (long k = start; k < Math.Min(stop, 6); k += step) expected[i * 30 + ((picks[p] + 5) % 5) * 6 + k] = v[p];
            Samples.ShouldBe(x, [4, 5, 6], expected, 0);
        }
    }

    [Test]
    public void Assignment_broadcasts_accumulates_and_converts()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = zeros(3, 3);
        x[1] = tensor(5);
        x[TensorIndex.Colon, 2] = arange(3);
        Samples.Values(x).Should().Equal(0, 0, 0, 5, 5, 1, 0, 0, 2);
        x[TensorIndex.Tensor(x == 5)] = tensor(-1f);
        Samples.Values(x).Should().Equal(0, 0, 0, -1, -1, 1, 0, 0, 2);
        x.index_put_(ones(3), [TensorIndex.Tensor(tensor(new long[] { 0, 0, 2 })), TensorIndex.Tensor(tensor(new long[] { 0, 0, 1 }))], accumulate: true);
        Samples.Values(x).Should().Equal(2, 0, 0, -1, -1, 1, 0, 1, 2);
        x[0..2] = x[1..3];
        Samples.Values(x).Should().Equal(-1, -1, 1, 0, 1, 2, 0, 1, 2);
        Fails(() => x[0] = zeros(2), "*[3]*");
    }

    [Test]
    public void Gather_scatter_and_their_kin_agree_with_loops()
    {
        var random = new Random(13);
        for (int trial = 0; trial < 40; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            int axis = random.Next(3);
            long[] shape = [4, 5, 6];
            Tensor x = Samples.Of(random, shape, ScalarType.Float64), index = randint(0, shape[axis], [3, 4, 5]);
            double[] vx = Samples.Values(x), vi = Samples.Values(index);
            long Place(long[] i, double at)
            {
                long[] j = (long[])i.Clone();
                j[axis] = (long)at;
                return Samples.Flat(shape, j);
            }

            long[][] all = Samples.Indices([3, 4, 5]).ToArray();
            Samples.ShouldBe(x.gather(axis, index), [3, 4, 5], all.Select((i, n) => vx[Place(i, vi[n])]).ToArray(), 0);
            Tensor source = Samples.Of(random, [3, 4, 5], ScalarType.Float64);
            double[] vs = Samples.Values(source), added = (double[])vx.Clone(), put = (double[])vx.Clone();
            for (int n = 0; n < all.Length; n++)
            {
                added[Place(all[n], vi[n])] += vs[n];
                put[Place(all[n], vi[n])] = vs[n];
            }

            Samples.ShouldBe(x.scatter_add(axis, index, source), shape, added, 1e-12);
            Samples.ShouldBe(x.scatter(axis, index, source), shape, put, 0);
            Tensor picks = randint(0, shape[axis], [7]);
            double[] vp = Samples.Values(picks);
            long[] picked = (long[])shape.Clone();
            picked[axis] = 7;
            Samples.ShouldBe(x.index_select(axis, picks), picked, Samples.Indices(picked).Select(i => vx[Place(i, vp[i[axis]])]).ToArray(), 0);
        }

        Fails(() => zeros(2, 3).gather(1, full([2, 1], 3L)), "gather*index 3*");
        Fails(() => zeros(2, 3).index_select(0, tensor(new long[] { 2 })), "index_select*index 2*");
    }

    [Test]
    public void Where_and_masked_fill_choose_by_a_broadcast_condition()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = tensor(new[] { true, false, true });
        Samples.ShouldBe(where(mask, arange(6).view(2, 3), tensor(0.5)), [2, 3], [0, 0.5, 2, 3, 0.5, 5], 0);
        Tensor x = arange(6, ScalarType.Float32).view(3, 2).t();
        Samples.ShouldBe(x.masked_fill(mask, double.NegativeInfinity), [2, 3], [double.NegativeInfinity, 2, double.NegativeInfinity, double.NegativeInfinity, 3, double.NegativeInfinity], 0);
        x.masked_fill_(mask, 9);
        Samples.Values(x).Should().Equal(9, 2, 9, 9, 3, 9);
        Fails(() => x.masked_fill(ones(3), 1), "*bool*");
        Samples.ShouldBe(tensor(new[] { 0, 3, 0, 4 }).nonzero(), [2, 1], [1, 3], 0);
    }

    private static void Fails(Action action, string message) => action.Should().Throw<ExternalException>().WithMessage(message);
}
