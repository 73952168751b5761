using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Tensors;

public sealed class ViewTests
{
    [Test]
    public void Views_share_storage_and_have_torch_strides()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(24).view(2, 3, 4);
        Check(x.transpose(0, 2), [4, 3, 2], [1, 4, 12], 0);
        Check(x.permute(1, 2, 0), [3, 4, 2], [4, 1, 12], 0);
        Check(x.narrow(1, 1, 2), [2, 2, 4], [12, 4, 1], 4);
        Check(x.select(1, -1), [2, 4], [12, 1], 8);
        Check(x.slice(2, 1, 4, 2), [2, 3, 2], [12, 4, 2], 1);
        Check(x.diagonal(1, 1, 2), [2, 3], [12, 5], 1);
        Check(x.unsqueeze(1), [2, 1, 3, 4], [12, 12, 4, 1], 0);
        Check(x.select(0, 0).expand(5, -1, 4), [5, 3, 4], [0, 4, 1], 0);
        Check(x.flatten(1), [2, 12], [12, 1], 0);
        Check(x.unflatten(2, 2, -1), [2, 3, 2, 2], [12, 4, 2, 1], 0);
        Check(movedim(x, 0, 2), [3, 4, 2], [4, 1, 12], 0);
        Check(x.mT, [2, 4, 3], [12, 1, 4], 0);
        Check(x.view(6, 1, 4).squeeze(), [6, 4], [4, 1], 0);
        x.transpose(0, 1).is_contiguous().Should().BeFalse();

        void Check(Tensor view, long[] sizes, long[] strides, long offset)
        {
            view.shape.Should().Equal(sizes);
            view.stride().Should().Equal(strides);
            view.storage_offset().Should().Be(offset);
            view.zero_();
            long zeros = Samples.Values(x).Count(v => v == 0);
            long distinct = Samples.Indices(sizes).Select(i => offset + i.Zip(strides, (a, b) => a * b).Sum()).Append(0).Distinct().Count();
            zeros.Should().Be(distinct);
            x.copy_(arange(24).view(2, 3, 4));
        }
    }

    [Test]
    public void View_needs_compatible_strides_where_reshape_copies()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(6).view(2, 3).t();
        Action view = () => x.view(6);
        view.Should().Throw<ExternalException>().WithMessage("view*[3, 2]*[1, 3]*reshape*");
        Samples.Values(x.reshape(6)).Should().Equal(0, 3, 1, 4, 2, 5);
        Action wrong = () => x.reshape(4, -1);
        wrong.Should().Throw<ExternalException>().WithMessage("reshape*[4, -1]*6*");
        arange(6).reshape(2, -1).shape.Should().Equal(2, 3);
        zeros(0, 3).view(3, 0).shape.Should().Equal(3, 0);
    }

    [Test]
    public void Split_chunk_and_unbind_cut_into_views()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(10);
        x.split(4).Select(t => t.numel()).Should().Equal(4, 4, 2);
        x.split([3, 7]).Select(t => t.numel()).Should().Equal(3, 7);
        x.chunk(3).Select(t => t.numel()).Should().Equal(4, 4, 2);
        x.view(2, 5).unbind(1).Length.Should().Be(5);
        x.chunk(2)[1].fill_(7);
        Samples.Values(x).Should().Equal(0, 1, 2, 3, 4, 7, 7, 7, 7, 7);
    }

    [Test]
    public void Contiguous_copies_of_random_layouts_keep_the_elements()
    {
        var random = new Random(11);
        ScalarType[] types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.Bool, ScalarType.Int16];
        for (int trial = 0; trial < 100; trial++)
        {
            using DisposeScope scope = NewDisposeScope();
            long[] shape = trial == 0 ? [70, 90, 80] : Samples.Shape(random);
            Tensor x = Samples.Of(random, shape, types[trial % types.Length]);
            if (trial == 0) x = x.permute(2, 0, 1);
            Tensor copy = x.contiguous();
            copy.is_contiguous().Should().BeTrue();
            Samples.ShouldBe(copy, x.shape, Samples.Values(x), 0);
            Samples.ShouldBe(x.clone(), x.shape, Samples.Values(x), 0);
            Samples.Values(x).Should().Equal(Samples.Values(tensor(Samples.Values(x), x.shape, dtype: x.dtype)));
        }
    }

    [Test]
    public void Joining_and_repeating_agree_with_loops()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = arange(6).view(2, 3), b = arange(6, 10).view(2, 2).t();
        Samples.ShouldBe(cat([a, b], 1), [2, 5], [0, 1, 2, 6, 8, 3, 4, 5, 7, 9], 0);
        Samples.ShouldBe(stack([b, b], -1), [2, 2, 2], [6, 6, 8, 8, 7, 7, 9, 9], 0);
        Samples.ShouldBe(b.repeat(2, 1, 2), [2, 2, 4], [6, 8, 6, 8, 7, 9, 7, 9, 6, 8, 6, 8, 7, 9, 7, 9], 0);
        Samples.ShouldBe(b.repeat_interleave(2, dim: 0), [4, 2], [6, 8, 6, 8, 7, 9, 7, 9], 0);
        Samples.ShouldBe(b.flip(0, 1), [2, 2], [9, 7, 8, 6], 0);
        Samples.ShouldBe(a.roll(1, 1), [2, 3], [2, 0, 1, 5, 3, 4], 0);
        Samples.ShouldBe(ones(3, 3).tril(-1), [3, 3], [0, 0, 0, 1, 0, 0, 1, 1, 0], 0);
        Samples.ShouldBe(ones(2, 3).triu(1), [2, 3], [0, 1, 1, 0, 0, 1], 0);
        cat([a, a.@float()], 0).dtype.Should().Be(ScalarType.Float32);
        Action mismatch = () => cat([a, zeros(3, 3)], 1);
        mismatch.Should().Throw<ExternalException>().WithMessage("cat*[2, *[3, 3]*");
    }
}
