using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace CircuitSpecs.Tests.Conformance;

/// <summary>
/// Code as users of TorchSharp write it. That it compiles against the engine and against the package is half of the test;
/// the other half is that it computes the same.
/// </summary>
public sealed class UserCodeTests
{
    [Test]
    public void Creation_with_named_arguments()
    {
        using var scope = NewDisposeScope();
        var a = zeros(2, 3, dtype: float32, device: CPU, requires_grad: false);
        var b = ones(new long[] { 2, 3 }, dtype: ScalarType.Float64);
        var c = full(2, 2, 1.5f);
        var d = tensor(new float[,] { { 1, 2 }, { 3, 4 } }, requires_grad: true);
        var e = arange(start: 0, stop: 10, step: 2, dtype: int64);
        var f = linspace(0, 1, steps: 5);
        var g = rand(3, 4, generator: new Generator(1));
        var h = torch.eye(3, dtype: float64);
        var i = from_array(new[] { 1, 2, 3 });
        (a + b).dtype.Should().Be(float64);
        (c * 2).sum().item<float>().Should().Be(12);
        (d.requires_grad, d.is_leaf).Should().Be((true, true));
        e.data<long>().ToArray().Should().Equal(0, 2, 4, 6, 8);
        f[2].ToSingle().Should().Be(0.5f);
        g.shape.Should().Equal(3, 4);
        h.trace().item<double>().Should().Be(3);
        i.dtype.Should().Be(int32);
    }

    [Test]
    public void Ranges_and_indices_as_subscripts()
    {
        using var scope = NewDisposeScope();
        var x = arange(24, dtype: float32).reshape(2, 3, 4);
        x[.., 1..3].shape.Should().Equal(2, 2, 4);
        x[^1].shape.Should().Equal(3, 4);
        x[^1, 0, ^1].item<float>().Should().Be(15);
        x[TensorIndex.Ellipsis, 0].shape.Should().Equal(2, 3);
        x[.., TensorIndex.None, 1].shape.Should().Equal(2, 1, 4);
        x[TensorIndex.Colon, TensorIndex.Slice(0, null, 2)].shape.Should().Equal(2, 2, 4);
        x[TensorIndex.Tensor(tensor(new[] { 1L, 0L, 1L }))].shape.Should().Equal(3, 3, 4);
        x[x.gt(20)].data<float>().ToArray().Should().Equal(21, 22, 23);
        x[0, 1..2] = tensor(-1f);
        x[0].sum().item<float>().Should().Be(66 - (4 + 5 + 6 + 7) - 4);
        x[.., ^1] = zeros(4);
        x[1, 2].abs().max().item<float>().Should().Be(0);
        foreach (var row in x[0].unbind(0)) row.ndim.Should().Be(1);
    }

    [Test]
    public void Results_that_are_tuples()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[,] { { 3.0, 1.0, 2.0 }, { 0.0, 5.0, 4.0 } });
        var (values, indexes) = x.topk(2, dim: -1);
        values.data<double>().ToArray().Should().Equal(3, 2, 5, 4);
        indexes.data<long>().ToArray().Should().Equal(0, 2, 1, 2);
        var (sorted, order) = x.sort(dim: 1, descending: true);
        sorted[1].data<double>().ToArray().Should().Equal(5, 4, 0);
        order[1, 0].item<long>().Should().Be(1);
        var (max, argmax) = x.max(1);
        (max[0].item<double>(), argmax[0].item<long>()).Should().Be((3, 0));
        var (u, s, vh) = linalg.svd(x, fullMatrices: false);
        u.matmul(diag(s)).matmul(vh).allclose(x).Should().BeTrue();
        var (first, rest) = x.split(new long[] { 1, 2 }, dim: 1) is [var one, var two] ? (one, two) : throw new InvalidOperationException();
        (first.shape[1], rest.shape[1]).Should().Be((1L, 2L));
    }

    [Test]
    public void Expressions_of_an_interpretability_notebook()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (batch, length, heads, width) = (2, 5, 3, 4);
        var q = randn(batch, heads, length, width);
        var k = randn(batch, heads, length, width);
        var mask = ones(length, length, dtype: @bool).triu(diagonal: 1);
        var scores = einsum("bhqd,bhkd->bhqk", q, k) / Math.Sqrt(width);
        var pattern = scores.masked_fill(mask, float.NegativeInfinity).softmax(dim: -1);
        pattern.sum(-1).allclose(ones(batch, heads, length)).Should().BeTrue();
        pattern[.., .., 0, 1..].abs().max().item<float>().Should().Be(0);
        var logits = randn(batch, length, 11);
        var difference = logits[.., ^1, 3] - logits[.., ^1, 7];
        difference.shape.Should().Equal(batch);
        var probabilities = F.softmax(logits, dim: -1);
        var entropy = -(probabilities * F.log_softmax(logits, -1)).sum(-1).mean();
        entropy.item<float>().Should().BeInRange(0, (float)Math.Log(11));
        var answers = randint(0, 11, new long[] { batch, length });
        var picked = logits.log_softmax(-1).gather(dim: -1, index: answers.unsqueeze(-1)).squeeze(-1);
        var loss = F.cross_entropy(logits.view(-1, 11), answers.flatten());
        loss.item<float>().Should().BeApproximately(-picked.mean().item<float>(), 1e-5f);
        var centered = logits - logits.mean([-1], keepdim: true);
        centered.mean([-1]).abs().max().item<float>().Should().BeLessThan(1e-6f);
        var joined = cat([q[0], k[0]], dim: 0);
        stack([joined, joined], dim: 1).shape.Should().Equal(2 * heads, 2, length, width);
        where(logits.gt(0), logits, 0.0).allclose(F.relu(logits)).Should().BeTrue();
        F.cosine_similarity(logits, logits, dim: -1).allclose(ones(batch, length)).Should().BeTrue();
    }

    [Test]
    public void Scopes_keep_what_is_moved_out()
    {
        Tensor kept, detached;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                kept = ones(2).MoveToOuterDisposeScope();
                detached = (ones(2) * 3).DetachFromDisposeScope();
                var (a, b) = inner.MoveToOuter(ones(1), ones(1));
                (inner.Contains(a), outer.Contains(b)).Should().Be((false, true));
            }

            kept.IsInvalid.Should().BeFalse();
        }

        kept.IsInvalid.Should().BeTrue();
        detached.sum().item<float>().Should().Be(6);
        detached.Dispose();
        using var result = WrappedTensorDisposeScope(() => ones(3).exp().log().sum());
        result.item<float>().Should().BeApproximately(3, 1e-6f);
    }

    [Test]
    public void Gradients()
    {
        using var scope = NewDisposeScope();
        var w = randn(3, 2, dtype: float64, requires_grad: true);
        var x = randn(5, 3, dtype: float64);
        var y = x.matmul(w).tanh();
        y.retain_grad();
        y.square().mean().backward();
        y.grad!.allclose(y.detach() * 2 / 10).Should().BeTrue();
        w.grad!.allclose(x.t().matmul(y.grad! * (1 - y.detach().square()))).Should().BeTrue();
        var slopes = autograd.grad([x.matmul(w).sum()], [w]);
        slopes[0].allclose(x.sum(dim: 0).unsqueeze(1).expand(3, 2)).Should().BeTrue();
        using (no_grad()) x.matmul(w).requires_grad.Should().BeFalse();
        w.detach().requires_grad.Should().BeFalse();
        var rough = UserCodeFunction.apply(w, 2.0);
        rough.allclose(w.detach().round()).Should().BeTrue();
        autograd.grad([rough.sum()], [w])[0].allclose(full_like(w, 2.0)).Should().BeTrue();
    }

    [Test]
    public void A_training_loop()
    {
        manual_seed(11);
        using var model = new UserCodeModel(vocabulary: 7, context: 8, width: 32, heads: 4, layers: 2);
        using var optimizer = optim.AdamW(model.parameters(), lr: 1e-2, weight_decay: 0.01);
        var scheduler = optim.lr_scheduler.LambdaLR(optimizer, step => Math.Min(1.0, (step + 1) / 20.0));
        using var criterion = CrossEntropyLoss(reduction: Reduction.Mean);
        model.train();
        float first = 0, last = 0;
        for (var step = 0; step < 200; step++)
        {
            using var scope = NewDisposeScope();

            // The task: the second half of a line repeats the first.
            var half = randint(0, 7, new long[] { 32, 4 }, dtype: int64);
            var line = cat([half, half], dim: 1);
            var logits = model.call(line[.., ..^1]);
            var loss = criterion.call(logits[.., 3..].reshape(-1, 7), line[.., 4..].reshape(-1));
            optimizer.zero_grad();
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), max_norm: 1.0);
            optimizer.step();
            scheduler.step();
            last = loss.item<float>();
            if (step == 0) first = last;
        }

        first.Should().BeInRange(1.6f, 3.5f, "guessing one of seven costs ln 7 = 1.95");
        last.Should().BeLessThan(0.1f);
        model.eval();
        using var mode = inference_mode();
        using var prompt = tensor(new[,] { { 5L, 1, 6, 2, 5, 1, 6 } });
        model.call(prompt)[0, ^1].argmax().item<long>().Should().Be(2);
    }
}
