using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Scopes;

public sealed class DisposeScopeTests
{
    [SetUp]
    public void Reset() => DisposeScopeManager.Statistics.Reset();

    [Test]
    public void Scope_disposes_what_was_created_in_it_and_not_moved_out()
    {
        Tensor inner, moved, detached, outside = ones(2);
        using (DisposeScope outer = NewDisposeScope())
        {
            using (DisposeScope scope = NewDisposeScope())
            {
                inner = zeros(2);
                moved = (inner + 1).MoveToOuterDisposeScope();
                detached = (moved + 1).DetachFromDisposeScope();
                scope.DisposablesCount.Should().Be(1);
                CurrentDisposeScope.Should().BeSameAs(scope);
            }

            inner.IsInvalid.Should().BeTrue();
            moved.IsInvalid.Should().BeFalse();
            outer.Contains(moved).Should().BeTrue();
        }

        moved.IsInvalid.Should().BeTrue();
        Samples.Values(detached).Should().Equal(2, 2);
        Samples.Values(outside).Should().Equal(1, 1);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(2);
        detached.Dispose();
        outside.Dispose();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(0);
    }

    [Test]
    public void Operations_leave_only_their_results_in_the_scope()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(3, 4), mask = x > 0, ids = tensor(new long[] { 0, 2 });
        int count = scope.DisposablesCount;
        Func<Tensor>[] operations =
        [
            () => x + 1, () => 1 - x, () => x.half() * 2, () => x.softmax(0), () => x.sum(1), () => x.var(), () => x.std([0]), () => einsum("ij,kj->ik", x, x), () => x.matmul(x.t().DetachFromDisposeScope()),
            () => x[ids], () => x.masked_fill(mask, 0), () => x.norm(), () => x.logsumexp(0), () => nn.functional.layer_norm(x, [4]), () => nn.functional.cross_entropy(x, tensor(new long[] { 1, 2, 3 }).DetachFromDisposeScope()),
            () => x.isclose(x), () => x.repeat(2, 2), () => x.flip(0), () => x.roll(1, 0), () => x.cumsum(0), () => x.argsort(), () => x.count_nonzero(), () => x.any(), () => x.clamp(0, 1), () => x.pow(2), () => stack([x, x]), () => linalg.svdvals(x), () => x.to_type(ScalarType.Int64),
            () => x.where(mask, x), () => x.add(x, 2), () => nn.functional.one_hot(ids), () => x.nan_to_num(), () => x.quantile(tensor(0.5f).DetachFromDisposeScope()), () => arange(3), () => eye(3), () => x.tril(), () => x.gelu(), () => x.logical_and(mask),
        ];
        for (int i = 0; i < operations.Length; i++)
        {
            Tensor result = operations[i]();
            scope.DisposablesCount.Should().Be(count + 1, $"operation {i} gives one tensor");
            result.Dispose();
            scope.DisposablesCount.Should().Be(count);
        }
    }

    [Test]
    public void Attach_move_and_dispose_everything_but()
    {
        Tensor loose = ones(1);
        using DisposeScope a = NewDisposeScope();
        Tensor x = zeros(1), y = zeros(1);
        using DisposeScope b = NewDisposeScope();
        Tensor z = zeros(1);
        z.MoveToOtherDisposeScope(x);
        a.Contains(z).Should().BeTrue();
        b.Attach(loose);
        b.Contains(loose).Should().BeTrue();
        a.DisposeEverythingBut(y);
        (x.IsInvalid, y.IsInvalid, z.IsInvalid).Should().Be((true, false, true));
        WrappedTensorDisposeScope(() => zeros(3) + 1).IsInvalid.Should().BeFalse();
        b.DisposablesCount.Should().Be(2);
    }

    [Test]
    public void Use_after_dispose_throws_and_a_view_keeps_the_storage()
    {
        Tensor x = arange(4), view = x[1..3];
        x.Dispose();
        x.Dispose();
        Samples.Values(view).Should().Equal(1, 2);
        Action[] uses = [() => x.sum(), () => _ = x.shape, () => _ = x + 1, () => x.item<long>(), () => x.data<long>(), () => view.add_(x), () => x.view(2, 2), () => _ = x[0], () => cat([x, view])];
        foreach (Action use in uses) use.Should().Throw<InvalidOperationException>();
        view.Dispose();
    }

    [Test]
    public void Scopes_belong_to_their_thread()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? other = null;
        var thread = new Thread(() => other = ones(1));
        thread.Start();
        thread.Join();
        scope.DisposablesCount.Should().Be(0);
        other!.Dispose();
    }

    [Test]
    public void Forgotten_tensors_give_their_memory_back()
    {
        for (int i = 0; i < 200; i++) zeros(1 << 20).add_(1);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        System.Diagnostics.Process.GetCurrentProcess().WorkingSet64.Should().BeLessThan(3L << 30);
    }
}
