namespace TorchSharp;

/// <summary>The dispose scopes of the current thread, innermost last.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScopeManager? t_instance;

    private readonly List<DisposeScope> _scopes = [];

    public static ThreadDisposeScopeStatistics Statistics => Current.OwnStatistics;

    internal static DisposeScopeManager Current => t_instance ??= new DisposeScopeManager();

    internal ThreadDisposeScopeStatistics OwnStatistics { get; } = new();

    internal DisposeScope? Innermost => _scopes.Count > 0 ? _scopes[^1] : null;

    internal DisposeScope Open()
    {
        var scope = new DisposeScope(this, Innermost);
        _scopes.Add(scope);
        return scope;
    }

    /// <summary>A scope that ends before one inside it hands that one over to its own outer scope.</summary>
    internal void Close(DisposeScope scope)
    {
        _scopes.Remove(scope);
        foreach (DisposeScope inner in _scopes)
            if (ReferenceEquals(inner.Outer, scope)) inner.Outer = scope.Outer;
    }

    internal DisposeScope? Register(torch.Tensor tensor)
    {
        DisposeScope? scope = Innermost;
        if (scope is null)
        {
            OwnStatistics.CreatedOutsideScopeCount++;
            return null;
        }

        OwnStatistics.CreatedInScopeCount++;
        scope.Add(tensor);
        return scope;
    }
}
