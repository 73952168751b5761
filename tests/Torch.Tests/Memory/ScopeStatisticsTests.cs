using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Memory;

/// <summary>
/// The counts of a thread's statistics step by step. The expected numbers are those of TorchSharp's own tests
/// (test/TorchSharpTest/TestDisposeScopesStatisticsTensor.cs) and sources (DisposeScope.cs, DisposeScopeManager.cs).
/// </summary>
public sealed class ScopeStatisticsTests
{
    [SetUp]
    public void Reset() => DisposeScopeManager.Statistics.Reset();

    [Test]
    public void Creating_counts_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor t = tensor(3);
        Counts(0, 0, 1, 0, 0, 0, 1);
    }

    [Test]
    public void Creating_outside_counts_apart()
    {
        Tensor t = tensor(3);
        Counts(1, 0, 0, 0, 0, 0, 1);
        t.Dispose();
        Counts(1, 1, 0, 0, 0, 0, 0);
        t.Dispose();
        Counts(1, 1, 0, 0, 0, 0, 0);
    }

    [Test]
    public void Attaching_to_the_same_scope_counts_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor t = tensor(3);
        scope.Attach(t);
        Counts(0, 0, 1, 0, 0, 0, 1);
    }

    [Test]
    public void Attaching_from_outside_and_from_another_scope_counts()
    {
        Tensor t = tensor(3);
        using DisposeScope outer = NewDisposeScope();
        outer.Attach(t);
        Counts(1, 0, 0, 0, 1, 0, 1);
        using DisposeScope inner = NewDisposeScope();
        inner.Attach(t);
        Counts(1, 0, 0, 0, 2, 0, 1);
        (outer.DisposablesCount, inner.DisposablesCount).Should().Be((0, 1));
        inner.Dispose();
        Counts(1, 0, 0, 1, 2, 0, 0);
        t.IsInvalid.Should().BeTrue();
    }

    [Test]
    public void Detaching_counts_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor t = tensor(3);
        scope.Detach(t);
        Counts(0, 0, 1, 0, 0, 1, 1);
        scope.Detach(t);
        Counts(0, 0, 1, 0, 0, 1, 1);
        t.Dispose();
        Counts(0, 1, 1, 0, 0, 1, 0);
    }

    [Test]
    public void Disposing_counts_once()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor t = tensor(3);
        t.Dispose();
        Counts(0, 0, 1, 1, 0, 0, 0);
        t.Dispose();
        Counts(0, 0, 1, 1, 0, 0, 0);
    }

    [Test]
    public void Ending_the_scope_counts_what_is_in_it()
    {
        DisposeScope scope = NewDisposeScope();
        using Tensor t = tensor(3);
        Tensor kept = scope.Detach(tensor(4));
        scope.Dispose();
        Counts(0, 0, 2, 1, 0, 1, 1);
        kept.Dispose();
        Counts(0, 1, 2, 1, 0, 1, 0);
    }

    [Test]
    public void Moving_counts_nothing_unless_there_is_no_outer_scope()
    {
        using DisposeScope outer = NewDisposeScope();
        DisposeScope inner = NewDisposeScope();
        Tensor t = inner.MoveToOuter(tensor(3));
        Counts(0, 0, 1, 0, 0, 0, 1);
        inner.Dispose();
        t.IsInvalid.Should().BeFalse();
        outer.MoveToOuter(t);
        Counts(0, 0, 1, 0, 0, 1, 1);
        t.Dispose();
    }

    [Test]
    public void Several_tensors_move_at_once_and_only_those_of_the_scope()
    {
        using DisposeScope outer = NewDisposeScope();
        Tensor other = tensor(0);
        using DisposeScope inner = NewDisposeScope();
        (Tensor a, Tensor b) = inner.MoveToOuter(tensor(1), tensor(2));
        (Tensor c, Tensor d, Tensor e) = inner.MoveToOuter(tensor(3), tensor(4), tensor(5));
        inner.MoveToOuter(other);
        inner.DisposablesCount.Should().Be(0);
        outer.DisposablesCount.Should().Be(6);
        new[] { other, a, b, c, d, e }.Should().OnlyContain(t => outer.Contains(t));
    }

    [Test]
    public void An_ended_scope_can_end_again_and_do_nothing_else()
    {
        DisposeScope scope = NewDisposeScope();
        Tensor t = tensor(3).DetachFromDisposeScope();
        scope.Dispose();
        scope.Dispose();
        scope.Invoking(s => s.Attach(t)).Should().Throw<ObjectDisposedException>();
        scope.Invoking(s => s.Detach(t)).Should().Throw<ObjectDisposedException>();
        scope.Invoking(s => s.MoveToOuter(t)).Should().Throw<ObjectDisposedException>();
        scope.Invoking(s => s.DisposeEverything()).Should().Throw<ObjectDisposedException>();
        t.Dispose();
    }

    [Test]
    public void Scopes_may_end_in_another_order_than_they_began_in()
    {
        using DisposeScope first = NewDisposeScope();
        DisposeScope second = NewDisposeScope();
        DisposeScope third = NewDisposeScope();
        Tensor t = tensor(3);
        second.Dispose();
        third.MoveToOuter(t);
        first.Contains(t).Should().BeTrue();
        third.Dispose();
        tensor(4);
        first.DisposablesCount.Should().Be(2);
    }

    [Test]
    public void Scopes_hold_nothing_but_tensors()
    {
        using DisposeScope scope = NewDisposeScope();
        scope.Invoking(s => s.Attach(new MemoryStream())).Should().Throw<InvalidOperationException>();
    }

    [Test]
    public void Each_thread_has_scopes_and_counts_of_its_own()
    {
        using DisposeScope scope = NewDisposeScope();
        tensor(1);
        long there = -1;
        var thread = new Thread(() =>
        {
            using DisposeScope own = NewDisposeScope();
            tensor(2);
            tensor(3);
            there = DisposeScopeManager.Statistics.CreatedInScopeCount;
        });
        thread.Start();
        thread.Join();
        there.Should().Be(2);
        Counts(0, 0, 1, 0, 0, 0, 1);
    }

    private static void Counts(long createdOutside, long disposedOutside, long createdIn, long disposedIn, long attached, long detached, long live)
    {
        ThreadDisposeScopeStatistics s = DisposeScopeManager.Statistics;
        (s.CreatedOutsideScopeCount, s.DisposedOutsideScopeCount, s.CreatedInScopeCount, s.DisposedInScopeCount, s.AttachedToScopeCount, s.DetachedFromScopeCount, s.ThreadTotalLiveCount)
            .Should().Be((createdOutside, disposedOutside, createdIn, disposedIn, attached, detached, live));
    }
}
