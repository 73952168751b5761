namespace TorchSharp;

/// <summary>Disposes, when it ends, the tensors that were created while it was the innermost scope of its thread.</summary>
public sealed class DisposeScope : IDisposable
{
    private DisposeScopeManager? _manager;
    private HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);

    internal DisposeScope(DisposeScopeManager owner, DisposeScope? outer)
    {
        _manager = owner;
        Outer = outer;
    }

    public IReadOnlyList<IDisposable> DisposablesView => _disposables.ToList();

    public int DisposablesCount => _disposables.Count;

    internal DisposeScope? Outer { get; set; }

    private DisposeScopeManager Owner => _manager ?? throw new ObjectDisposedException(nameof(DisposeScope), "The dispose scope has ended.");

    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(Outer, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        MoveToOther(Outer, first, second);

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        MoveToOther(Outer, first, second, third);

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(Outer, disposables.AsEnumerable());

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(Outer, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        Move(scope, disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second)
        where T1 : IDisposable where T2 : IDisposable
    {
        Move(scope, first);
        Move(scope, second);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    {
        Move(scope, first);
        Move(scope, second);
        Move(scope, third);
        return (first, second, third);
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, disposables.AsEnumerable());

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (IDisposable disposable in disposables) Move(scope, disposable);
    }

    public T Detach<T>(T disposable) where T : IDisposable
    {
        DetachOne(disposable);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
    {
        DetachOne(first);
        DetachOne(second);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    {
        DetachOne(first);
        DetachOne(second);
        DetachOne(third);
        return (first, second, third);
    }

    public void Detach(params IDisposable[] disposables) => Detach(disposables.AsEnumerable());

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (IDisposable disposable in disposables) DetachOne(disposable);
    }

    public void Attach(IDisposable disposable)
    {
        DisposeScopeManager owner = Owner;
        if (disposable is not torch.Tensor tensor) throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        if (tensor.IsInvalid || ReferenceEquals(tensor.OwningDisposeScope, this)) return;
        tensor.OwningDisposeScope?._disposables.Remove(tensor);
        tensor.OwningDisposeScope = this;
        _disposables.Add(tensor);
        owner.OwnStatistics.AttachedToScopeCount++;
    }

    public void Attach(params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables) Attach(disposable);
    }

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        List<IDisposable> list = disposables.ToList();
        foreach (IDisposable disposable in list) Attach(disposable);
        return list;
    }

    public void DisposeEverything() => DisposeEverythingBut(Enumerable.Empty<IDisposable>());

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        DisposeScopeManager owner = Owner;
        HashSet<IDisposable> all = _disposables;
        var keep = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        _disposables = new HashSet<IDisposable>(ReferenceEqualityComparer.Instance);
        foreach (IDisposable disposable in all)
        {
            if (keep.Contains(disposable))
            {
                _disposables.Add(disposable);
                continue;
            }

            owner.OwnStatistics.DisposedInScopeCount++;
            if (disposable is torch.Tensor tensor) tensor.DisposeFromScope();
            else disposable.Dispose();
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut(keep.AsEnumerable());

    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { keep }.AsEnumerable());
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable where T2 : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { first, second }.AsEnumerable());
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { first, second, third }.AsEnumerable());
        return (first, second, third);
    }

    public void MarkAsDisposed(IDisposable disposable)
    {
        DisposeScopeManager owner = Owner;
        if (!_disposables.Remove(disposable)) return;
        owner.OwnStatistics.DisposedInScopeCount++;
        if (disposable is torch.Tensor tensor) tensor.OwningDisposeScope = null;
    }

    public void Dispose()
    {
        if (_manager is not { } manager) return;
        DisposeEverything();
        manager.Close(this);
        _manager = null;
    }

    internal void Add(torch.Tensor tensor) => _disposables.Add(tensor);

    /// <summary>The one takes the place of the other, which no statistics count.</summary>
    internal void Replace(torch.Tensor original, torch.Tensor replacement)
    {
        _disposables.Remove(original);
        _disposables.Add(replacement);
    }

    private void Move(DisposeScope? scope, IDisposable disposable)
    {
        DisposeScopeManager owner = Owner;
        if (!_disposables.Remove(disposable)) return;
        if (scope is null)
        {
            owner.OwnStatistics.DetachedFromScopeCount++;
            if (disposable is torch.Tensor orphan) orphan.OwningDisposeScope = null;
            return;
        }

        scope._disposables.Add(disposable);
        if (disposable is torch.Tensor tensor) tensor.OwningDisposeScope = scope;
    }

    private void DetachOne(IDisposable disposable)
    {
        DisposeScopeManager owner = Owner;
        if (!_disposables.Remove(disposable)) return;
        owner.OwnStatistics.DetachedFromScopeCount++;
        if (disposable is torch.Tensor tensor) tensor.OwningDisposeScope = null;
    }
}
