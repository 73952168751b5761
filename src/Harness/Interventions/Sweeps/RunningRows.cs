using System.Collections.Immutable;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>Patched rows that are run together, from one position on, on their way through the blocks.</summary>
internal sealed class RunningRows : IDisposable
{
    private RunningRows(int from, int layer, bool atMlp, Tensor residual, ImmutableArray<(int Cell, int Prompt)> rows)
    {
        From = from;
        Layer = layer;
        AtMlp = atMlp;
        Residual = residual;
        Rows = rows;
    }

    /// <summary>The first position that is run; what comes before is as in the unpatched run.</summary>
    public int From { get; }

    /// <summary>The block that is next; n_layers where the rows are done.</summary>
    public int Layer { get; private set; }

    /// <summary>Whether of that block only the MLP is left.</summary>
    public bool AtMlp { get; private set; }

    /// <summary>[row, pos from <see cref="From"/>, d_model].</summary>
    public Tensor Residual { get; private set; }

    /// <summary>Which cell and which prompt of the group each row is.</summary>
    public ImmutableArray<(int Cell, int Prompt)> Rows { get; }

    /// <summary>Positions that are run, of all rows together.</summary>
    public long Tokens => Residual.shape[0] * Residual.shape[1];

    /// <summary>Bytes of the residual streams.</summary>
    public long Bytes => Residual.numel() * sizeof(float);

    /// <summary>Puts rows of one start and one end of their change together.</summary>
    /// <param name="entered">Where they come from.</param>
    /// <param name="rows">Of its rows those that have the same <see cref="PatchedRow.From"/> and <see cref="PatchedRow.Until"/>.</param>
    public static RunningRows Start(EnteredRows entered, IReadOnlyList<PatchedRow> rows)
    {
        using DisposeScope scope = NewDisposeScope();
        (int from, int until) = (rows[0].From, rows[0].Until);
        long end = entered.Unpatched.shape[1];
        Tensor residual = entered.Patched.narrow(1, from, until - from).index_select(0, Indices(rows.Select(row => row.Source)));
        if (until < end)
        {
            residual = cat([residual, entered.Unpatched.narrow(1, until, end - until).index_select(0, Indices(rows.Select(row => row.Prompt)))], 1);
        }

        return new RunningRows(from, entered.Layer, entered.AtMlp, residual.DetachFromDisposeScope(), [.. rows.Select(row => (row.Cell, row.Prompt))]);
    }

    /// <summary>Puts rows that stand at the same place together; frees the parts.</summary>
    public static RunningRows Join(IReadOnlyList<RunningRows> parts)
    {
        if (parts is [var single])
        {
            return single;
        }

        Tensor residual = cat([.. parts.Select(part => part.Residual)], 0).DetachFromDisposeScope();
        RunningRows first = parts[0];
        var joined = new RunningRows(first.From, first.Layer, first.AtMlp, residual, [.. parts.SelectMany(part => part.Rows)]);
        foreach (RunningRows part in parts)
        {
            part.Dispose();
        }

        return joined;
    }

    /// <summary>Runs what is left of the next block.</summary>
    /// <param name="model">The model.</param>
    /// <param name="unpatched">The run that the rows differ from.</param>
    /// <param name="holdAttention">Whether all attention is held at its unpatched output.</param>
    public void Advance(HookedTransformer model, UnpatchedRun unpatched, bool holdAttention)
    {
        using DisposeScope scope = NewDisposeScope();
        bool isLast = Layer == model.Config.Layers - 1;
        Tensor prompts = Indices(Rows.Select(row => row.Prompt));
        var options = new ForwardOptions
        {
            StartAtLayer = Layer,
            StopAtLayer = Layer + 1,
            Partial = new PartialPass
            {
                FromMlp = AtMlp,
                LastPositions = isLast ? 1 : null,
                Prefix = From > 0 && !AtMlp && !holdAttention ? unpatched.Before(From, prompts) : null,
                AttentionOut = holdAttention ? layer => unpatched[Hook.AttnOut(layer)].narrow(1, From, Residual.shape[1]).index_select(0, prompts) : null,
            },
        };
        Tensor after = model.RunPristine(Residual, options, []).DetachFromDisposeScope();
        Residual.Dispose();
        (Residual, Layer, AtMlp) = (after, Layer + 1, false);
    }

    /// <summary>Frees the residual streams.</summary>
    public void Dispose() => Residual.Dispose();

    private static Tensor Indices(IEnumerable<int> rows) => tensor(rows.Select(row => (long)row).ToArray());
}
