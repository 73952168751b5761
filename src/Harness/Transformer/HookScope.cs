using System.Collections.Immutable;

namespace CircuitSpecs.Transformer;

/// <summary>Hooks for the length of a <c>using</c>; scopes nest, the outer hooks running first.</summary>
internal sealed class HookScope(AsyncLocal<ImmutableList<ForwardHook>?> ambient, IReadOnlyList<ForwardHook> hooks) : IDisposable
{
    private ImmutableList<ForwardHook>? outer;
    private bool entered;

    public HookScope Enter()
    {
        outer = ambient.Value;
        ambient.Value = (outer ?? []).AddRange(hooks);
        entered = true;
        return this;
    }

    public void Dispose()
    {
        if (entered)
        {
            ambient.Value = outer;
            entered = false;
        }
    }
}
