using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Discovery;

/// <summary>
/// Hooks that cut edges: an input reads the residual stream with, for each cut edge, the source's present output exchanged for a replacement. Several
/// circuits are run at once as rows: row r of prompt b is batch entry r · prompts + b.
/// </summary>
internal sealed class EdgeSurgery
{
    private readonly CircuitGraph graph;
    private readonly Tensor replacement;
    private readonly IReadOnlyList<bool[]> cut;
    private readonly long prompts;
    private readonly long positions;
    private readonly int[] used;
    private readonly Tensor differences;

    /// <param name="graph">The graph.</param>
    /// <param name="replacement">What cut edges carry, [source, prompt, pos, d_model].</param>
    /// <param name="cut">For each row, which edges are cut.</param>
    public EdgeSurgery(CircuitGraph graph, Tensor replacement, IReadOnlyList<bool[]> cut)
    {
        this.graph = graph;
        this.replacement = replacement;
        this.cut = cut;
        prompts = replacement.shape[1];
        positions = replacement.shape[2];
        Width = replacement.shape[3];
        used = [.. Enumerable.Range(0, graph.Sources.Length).Where(source => graph.Edges.Any(edge => edge.SourceIndex == source && IsCut(edge)))];

        // What each source's replacement adds to its present output, [row, used source, prompt · pos · d_model].
        differences = zeros(cut.Count, used.Length, prompts * positions * Width);
    }

    private long Width { get; }

    /// <summary>The hooks of a run.</summary>
    /// <param name="start">The layer that the run starts at; the outputs of sources before it are known. Null for a run from the tokens on.</param>
    /// <param name="known">What they are, [source, prompt, pos, d_model].</param>
    public IReadOnlyList<ForwardHook> Hooks(int? start = null, Tensor? known = null)
    {
        int first = start is int layer ? graph.FirstSourceOf(layer) : 0;
        for (int slot = 0; slot < used.Length && used[slot] < first; slot++)
        {
            Set(slot, known!.select(0, used[slot]));
        }

        IEnumerable<ForwardHook> looking = SourceActivations.Hooks(
            graph,
            used.Where(source => source >= first),
            (source, activation) => Set(Array.IndexOf(used, source), activation.reshape(cut.Count, prompts, positions, Width)));
        return [.. looking, .. graph.Destinations.GroupBy(SourceActivations.PointOf).Select(Changing).OfType<ForwardHook>()];
    }

    private bool IsCut(CircuitEdge edge) => cut.Any(row => row[edge.Index]);

    /// <summary>Records what a source writes, [(row,) prompt, pos, d_model].</summary>
    private void Set(int slot, Tensor output) =>
        differences.select(1, slot).copy_((replacement.select(0, used[slot]) - output).expand(cut.Count, prompts, positions, Width).reshape(cut.Count, -1));

    /// <summary>The hook that changes what some inputs read; null where none of their edges is cut.</summary>
    private ForwardHook? Changing(IGrouping<HookPoint, CircuitInput> inputs)
    {
        CircuitInput[] readers = [.. inputs];
        int reach = graph.SourceCountOf(readers[0]);
        int slots = used.Count(source => source < reach);
        float[] mask = new float[cut.Count * readers.Length * slots];
        for (int row = 0, at = 0; row < cut.Count; row++)
        {
            foreach (CircuitInput reader in readers)
            {
                int destination = graph.Destinations.IndexOf(reader);
                for (int slot = 0; slot < slots; slot++)
                {
                    mask[at++] = cut[row][graph.IndexOf(used[slot], destination)] ? 1 : 0;
                }
            }
        }

        return Array.TrueForAll(mask, value => value == 0) ? null : new ForwardHook(inputs.Key, (activation, _) =>
        {
            Tensor chosen = tensor(mask, [cut.Count, readers.Length, slots]);
            Tensor change = chosen.matmul(differences.narrow(1, 0, slots)).reshape(cut.Count, readers.Length, prompts, positions, Width);
            return activation + change.permute(0, 2, 3, 1, 4).reshape(activation.shape);
        });
    }
}
