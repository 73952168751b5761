using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>
/// One recorded operation: it turns the gradients of what the operation gave into those of what it took.
/// Nodes are counted by the tensors that they made and by the nodes that follow them, so that what they saved goes
/// back to the pool as soon as nobody can ask for a gradient, not when the collector gets to it.
/// </summary>
internal abstract class Node(string name, long sequence)
{
    private static long s_sequence;

    private readonly List<Output> _outputs = [];
    private List<(int Output, GradientState State)>? _retained;
    private int _references;

    protected Node(string name)
        : this(name, Interlocked.Increment(ref s_sequence))
    {
    }

    /// <summary>As PyTorch names it, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>Later operations come first on the way back.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>Where the gradient of each input goes.</summary>
    public Edge[] Next { get; private set; } = [];

    public IReadOnlyList<Output> Outputs => _outputs;

    /// <summary>Those non-leaf outputs of which somebody wants to keep the gradient.</summary>
    public IReadOnlyList<(int Output, GradientState State)> Retained => _retained ?? [];

    /// <summary>The gradients of the inputs, in the order of <see cref="Next"/>; null stands for zero.</summary>
    public abstract Tensor?[] Apply(Tensor?[] gradients);

    /// <summary>Gives back what was saved; the node cannot be applied again.</summary>
    public virtual void ReleaseSaved()
    {
    }

    public int AddOutput(Tensor t)
    {
        _outputs.Add(new Output(t._sizes, t._dtype));
        return _outputs.Count - 1;
    }

    public void Retain(int output, GradientState state) => (_retained ??= []).Add((output, state));

    public void Forget(GradientState state) => _retained?.RemoveAll(r => ReferenceEquals(r.State, state));

    public Node AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0) return;

        // Not by recursion: a graph may be deeper than the stack.
        var dead = new Stack<Node>();
        dead.Push(this);
        while (dead.TryPop(out Node? node))
        {
            node.ReleaseSaved();
            foreach (Edge edge in node.Next)
                if (edge.Node is { } next && Interlocked.Decrement(ref next._references) == 0) dead.Push(next);
            node.Next = [];
        }
    }

    protected void Follow(params ReadOnlySpan<Tensor> inputs)
    {
        var next = new Edge[inputs.Length];
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = inputs[i].GradientEdge();
            next[i].Node?.AddReference();
        }

        Next = next;
    }

    /// <summary>What a gradient of an output has to look like.</summary>
    internal readonly record struct Output(long[] Sizes, ScalarType Type);
}
