using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>
/// Goes the recorded graph back from some roots: a node is applied when all the gradients of its outputs are there,
/// the latest recorded first. One thread, one order: the same bits each time.
/// </summary>
internal sealed class Engine
{
    private readonly bool _keepGraph;
    private readonly bool _createGraph;
    private readonly Dictionary<Node, int> _dependencies = [];
    private readonly Dictionary<Node, Buffer> _buffers = [];
    private readonly PriorityQueue<Node, long> _ready = new();
    private readonly Dictionary<Edge, int>? _captures;
    private readonly HashSet<Node>? _needed;
    private readonly Tensor?[] _captured;

    private Engine(IReadOnlyList<Edge> roots, IReadOnlyList<Edge>? inputs, bool keepGraph, bool createGraph)
    {
        _keepGraph = keepGraph;
        _createGraph = createGraph;
        _captured = new Tensor?[inputs?.Count ?? 0];
        if (inputs is not null)
        {
            _captures = [];
            for (int i = 0; i < inputs.Count; i++) _captures.TryAdd(inputs[i], i);
            _needed = Needed(roots, inputs);
        }

        CountDependencies(roots);
    }

    /// <summary>
    /// Runs back from <paramref name="roots"/>. Without inputs every leaf accumulates its gradient; with inputs only their
    /// gradients are computed and returned, untracked and owned by the caller (null: not reached).
    /// </summary>
    public static Tensor?[] Run(
        IReadOnlyList<Edge> roots, IReadOnlyList<Tensor> gradients, IReadOnlyList<Edge>? inputs, bool keepGraph, bool createGraph)
    {
        using IDisposable mode = set_grad_enabled(createGraph);
        var engine = new Engine(roots, inputs, keepGraph, createGraph);
        foreach (Edge root in roots) root.Node!.AddReference();
        try
        {
            for (int i = 0; i < roots.Count; i++) engine.Add(roots[i], gradients[i]);
            foreach (Node root in roots.Select(r => r.Node!).Distinct())
                if (engine._dependencies.GetValueOrDefault(root) == 0 && engine.IsNeeded(root)) engine.Enqueue(root);
            engine.Process();
            if (inputs is null) return [];

            // The same tensor may have been asked for twice.
            var results = new Tensor?[inputs.Count];
            for (int i = 0; i < results.Length; i++)
            {
                int first = engine._captures![inputs[i]];
                results[i] = first == i ? engine._captured[i] : engine._captured[first]?.Share();
            }

            return results;
        }
        finally
        {
            foreach (Buffer buffer in engine._buffers.Values) buffer.Dispose();
            foreach (Edge root in roots) root.Node!.Release();
        }
    }

    /// <summary>Sums a gradient over the dimensions that were broadcast.</summary>
    public static Tensor SumTo(Tensor gradient, long[] sizes)
    {
        int lead = gradient._sizes.Length - sizes.Length;
        var dims = new List<long>();
        for (int d = 0; d < gradient._sizes.Length; d++)
            if (d < lead || (sizes[d - lead] == 1 && gradient._sizes[d] != 1)) dims.Add(d);
        Tensor sum = dims.Count == 0 ? gradient : gradient.sum([.. dims], keepdim: true);
        return lead > 0 ? sum.reshape(sizes) : sum;
    }

    private void Process()
    {
        while (_ready.TryDequeue(out Node? node, out _))
        {
            _buffers.Remove(node, out Buffer? buffer);
            using Buffer gradients = buffer ?? new Buffer(Math.Max(node.Outputs.Count, 1));
            Capture(node, gradients.Values);
            foreach ((int output, GradientState state) in node.Retained)
                if (gradients.Values[output] is { } kept) state.Accumulate(kept, _createGraph);
            if (_needed is not null && !node.Next.Any(e => e.Node is { } next && _needed.Contains(next))) continue;
            Apply(node, gradients.Values);
            if (!_keepGraph) node.ReleaseSaved();
        }
    }

    private void Apply(Node node, Tensor?[] gradients)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] results = gradients.Any(g => g is not null) ? node.Apply(gradients) : new Tensor?[node.Next.Length];
        if (node.Next.Length == 0) return;
        if (results.Length != node.Next.Length)
            throw new TorchException("backward", $"Function {node.Name} returned an incorrect number of gradients (expected {node.Next.Length}, got {results.Length})");
        for (int i = 0; i < results.Length; i++)
        {
            Edge edge = node.Next[i];
            if (edge.Node is null || !IsNeeded(edge.Node)) continue;
            if (results[i] is { } gradient) Add(edge, Checked(node, i, gradient, edge));
            if (--_dependencies[edge.Node] == 0) Enqueue(edge.Node);
        }
    }

    private static Tensor Checked(Node node, int index, Tensor gradient, Edge edge)
    {
        Node.Output expected = edge.Node!.Outputs[edge.Output];
        if (AnomalyMode.IsEnabled && AnomalyMode.ShouldCheckNaN && gradient.isnan().any().item<bool>())
            throw new TorchException("backward", $"Function '{node.Name}' returned nan values in its {index}th output.");
        if (!gradient._sizes.AsSpan().SequenceEqual(expected.Sizes))
        {
            if (!Shapes.CanExpand(expected.Sizes, gradient._sizes))
                throw new TorchException("backward", $"Function {node.Name} returned an invalid gradient at index {index} - got {Shapes.Text(gradient._sizes)} but expected shape compatible with {Shapes.Text(expected.Sizes)}");
            gradient = SumTo(gradient, expected.Sizes);
        }

        return gradient._dtype == expected.Type ? gradient : gradient.to_type(expected.Type);
    }

    private void Add(Edge edge, Tensor gradient)
    {
        Node node = edge.Node!;
        if (!_buffers.TryGetValue(node, out Buffer? buffer)) _buffers[node] = buffer = new Buffer(node.Outputs.Count);
        buffer.Add(edge.Output, gradient, _createGraph);
    }

    private void Capture(Node node, Tensor?[] gradients)
    {
        if (_captures is null) return;
        for (int output = 0; output < gradients.Length; output++)
            if (_captures.TryGetValue(new Edge(node, output), out int at)) _captured[at] = gradients[output]?.Share();
    }

    private void Enqueue(Node node) => _ready.Enqueue(node, -node.Sequence);

    private bool IsNeeded(Node node) => _needed is null || _needed.Contains(node);

    private void CountDependencies(IReadOnlyList<Edge> roots)
    {
        var seen = new HashSet<Node>();
        var open = new Stack<Node>();
        foreach (Edge root in roots)
            if (IsNeeded(root.Node!) && seen.Add(root.Node!)) open.Push(root.Node!);
        while (open.TryPop(out Node? node))
        {
            foreach (Edge edge in node.Next)
            {
                if (edge.Node is not { } next || !IsNeeded(next)) continue;
                _dependencies[next] = _dependencies.GetValueOrDefault(next) + 1;
                if (seen.Add(next)) open.Push(next);
            }
        }
    }

    /// <summary>The nodes from which one of the inputs can be reached.</summary>
    private static HashSet<Node> Needed(IReadOnlyList<Edge> roots, IReadOnlyList<Edge> inputs)
    {
        var goals = inputs.Select(i => i.Node!).ToHashSet();
        var needed = new HashSet<Node>();
        var done = new HashSet<Node>();
        var open = new Stack<(Node Node, bool Leaving)>();
        foreach (Edge root in roots) open.Push((root.Node!, false));
        while (open.TryPop(out (Node Node, bool Leaving) at))
        {
            if (at.Leaving)
            {
                if (goals.Contains(at.Node) || at.Node.Next.Any(e => e.Node is { } next && needed.Contains(next))) needed.Add(at.Node);
                continue;
            }

            if (!done.Add(at.Node)) continue;
            open.Push((at.Node, true));
            foreach (Edge edge in at.Node.Next)
                if (edge.Node is { } next) open.Push((next, false));
        }

        return needed;
    }

    /// <summary>The gradients of a node's outputs as they come in.</summary>
    private sealed class Buffer(int outputs) : IDisposable
    {
        private readonly bool[] _own = new bool[outputs];

        public Tensor?[] Values { get; } = new Tensor?[outputs];

        public void Add(int output, Tensor gradient, bool keepHistory)
        {
            if (Values[output] is not { } sum)
            {
                Values[output] = gradient.Share();
                return;
            }

            if (_own[output] && !keepHistory)
            {
                sum.add_(gradient);
                return;
            }

            using DisposeScope scope = NewDisposeScope();
            Values[output] = sum.add(gradient).Share();
            _own[output] = true;
            sum.Dispose();
        }

        public void Dispose()
        {
            foreach (Tensor? value in Values) value?.Dispose();
        }
    }
}
