using System.Collections.Immutable;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>
/// Decides which rows of a sweep have to be run, and from which position. A row whose activations equal the unpatched ones bit for bit, or differ from them
/// only where the answer position cannot see it, has the unpatched value exactly.
/// </summary>
internal sealed class RowTrimmer
{
    private readonly ModelConfig config;
    private readonly SweepTask task;
    private readonly int prompts;
    private readonly int length;
    private readonly int heads;
    private readonly ImmutableArray<ImmutableArray<int>> positions;

    public RowTrimmer(ModelConfig config, SweepTask task, UnpatchedRun unpatched)
    {
        this.config = config;
        this.task = task;
        prompts = unpatched.Batch.Count;
        length = unpatched.End;
        heads = task.CellsOfLayer(config);
        positions = task.Positions is { } named ? [.. named.Select(position => position.In(unpatched.Batch))] : [];
    }

    /// <summary>Whether a cell changed any activation, whether it can be seen or not.</summary>
    public bool ChangedAnything { get; private set; }

    /// <summary>The rows of a layer that have to be run.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="next">The block that they enter.</param>
    /// <param name="atMlp">Whether they enter it at its MLP.</param>
    /// <param name="changed">[head · prompt, pos] bool: where a source differs from the unpatched run.</param>
    /// <param name="only">The only position (by its place in the sweep) whose cells the sources are for; their change may spread to later ones.</param>
    public ImmutableArray<PatchedRow> Rows(int layer, int next, bool atMlp, Tensor changed, int? only)
    {
        bool[] flags = changed.contiguous().data<bool>().ToArray();
        bool lastOnly = task.ReadsLastOnly(config, next, atMlp);
        int cells = Math.Max(positions.Length, 1);
        ImmutableArray<PatchedRow>.Builder rows = ImmutableArray.CreateBuilder<PatchedRow>();
        for (int source = 0; source < heads * prompts; source++)
        {
            ReadOnlySpan<bool> row = flags.AsSpan(source * length, length);
            ChangedAnything |= row.Contains(true);
            (int head, int prompt) = Math.DivRem(source, prompts);
            for (int at = only ?? 0; at < (only + 1 ?? cells); at++)
            {
                int start = positions.IsEmpty ? 0 : positions[at][prompt];
                int stop = positions.IsEmpty || only is not null ? length : Math.Min(start + 1, length);
                start = lastOnly ? Math.Max(start, length - 1) : start;
                int first = start < stop ? row[start..stop].IndexOf(true) : -1;
                if (first >= 0)
                {
                    rows.Add(new PatchedRow((((layer * heads) + head) * cells) + at, prompt, source, start + first, start + row[start..stop].LastIndexOf(true) + 1));
                }
            }
        }

        return rows.ToImmutable();
    }
}
