using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>What a sweep measured: a number per prompt for every cell, and for the unpatched run.</summary>
public sealed class SweepResult
{
    private readonly ModelConfig config;
    private readonly Dictionary<SweepCell, PerPrompt> values;

    internal SweepResult(Sweep sweep, double[] unpatched, double[][] values, long skipped, TimeSpan elapsed)
    {
        config = sweep.Model.Config;
        Description = sweep.Description;
        Metric = sweep.Metric.Name;
        Cells = sweep.Cells;
        Cost = sweep.Cost;
        Unpatched = new PerPrompt(unpatched);
        this.values = sweep.Cells.Select((cell, index) => KeyValuePair.Create(cell, new PerPrompt(values[index]))).ToDictionary();
        Skipped = skipped;
        Elapsed = elapsed;
    }

    /// <summary>What was done.</summary>
    public string Description { get; }

    /// <summary>What was read.</summary>
    public string Metric { get; }

    /// <summary>The cells, layer by layer, then head by head, then position by position.</summary>
    public ImmutableArray<SweepCell> Cells { get; }

    /// <summary>The metric of the run that cells change: of corrupted prompts in denoising, of clean prompts otherwise.</summary>
    public PerPrompt Unpatched { get; }

    /// <summary>What had been expected.</summary>
    public SweepCost Cost { get; }

    /// <summary>Patches that were not run because they change nothing that is read; their value is the unpatched one exactly.</summary>
    public long Skipped { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>The metric with a cell's change, one number per prompt.</summary>
    /// <param name="cell">One of <see cref="Cells"/>.</param>
    /// <exception cref="KeyNotFoundException">The sweep has no such cell.</exception>
    public PerPrompt this[SweepCell cell] => values.TryGetValue(cell, out PerPrompt? value)
        ? value
        : throw new KeyNotFoundException($"The sweep ({Description}) has no cell {cell}; it has {Cells.Length}, {Cells[0]} to {Cells[^1]}.");

    /// <summary>The metric with a cell's change.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head; null in sweeps over whole layers.</param>
    /// <param name="at">The position; null in sweeps over all positions at once.</param>
    /// <exception cref="KeyNotFoundException">The sweep has no such cell.</exception>
    public PerPrompt this[int layer, int? head = null, Position? at = null] => this[new SweepCell(layer, head, at)];

    /// <summary>What a cell's change does: with it minus unpatched.</summary>
    /// <param name="cell">One of <see cref="Cells"/>.</param>
    public PerPrompt Effect(SweepCell cell) => this[cell] - Unpatched;

    /// <summary>How far a cell's change goes towards another value: (patched − unpatched)/(<paramref name="goal"/> − unpatched), each a mean over prompts; 0 is no effect and 1 is all of it.</summary>
    /// <param name="cell">One of <see cref="Cells"/>.</param>
    /// <param name="goal">The metric of the other twin: in denoising <c>model.LogitDifference(pairs)</c>.</param>
    /// <exception cref="InvalidExperimentException">Both twins have the same value.</exception>
    public PerPrompt Normalised(SweepCell cell, PerPrompt goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        return AnswerMetrics.Ratio(Effect(cell), goal - Unpatched, $"the {Metric} between the twins");
    }

    /// <summary>The mean effects of a sweep over heads at all positions at once.</summary>
    /// <exception cref="InvalidOperationException">The sweep's cells are not the model's heads.</exception>
    public HeadTable HeadEffects() => Cells.All(cell => cell is { Head: not null, At: null }) && Cells.Length == config.Layers * config.Heads
        ? new HeadTable($"{Metric}, {Description}", Cells.Select(cell => KeyValuePair.Create(new Head(cell.Layer, cell.Head!.Value), Effect(cell).Value)))
        : throw new InvalidOperationException($"The cells of this sweep ({Description}) are not the model's {config.Layers * config.Heads} heads but {Cells.Length} others, {Cells[0]} to {Cells[^1]}.");

    /// <summary>A table of mean effects: a row a layer (and head), a column a head or position.</summary>
    public string ToTable()
    {
        bool byPosition = Cells[0].At is not null;
        string RowOf(SweepCell cell) => byPosition ? new SweepCell(cell.Layer, cell.Head).ToString() : cell.Layer.ToString(CultureInfo.InvariantCulture);
        string ColumnOf(SweepCell cell) => byPosition ? cell.At!.ToString() : cell.Head is int head ? string.Create(CultureInfo.InvariantCulture, $"head {head}") : "all";
        string[] columns = [.. Cells.Select(ColumnOf).Distinct()];
        int width = Math.Max(columns.Max(column => column.Length), 8);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Metric}, {Description}; unpatched {Unpatched.Value:F3}, mean effects:");
        text.Append("layer".PadRight(8)).AppendLine(string.Join(' ', columns.Select(column => column.PadLeft(width))));
        foreach (IGrouping<string, SweepCell> row in Cells.GroupBy(RowOf))
        {
            text.Append(row.Key.PadRight(8)).AppendLine(string.Join(' ', row.Select(cell => Effect(cell).Value.ToString("F3", CultureInfo.InvariantCulture).PadLeft(width))));
        }

        return text.ToString();
    }

    /// <summary>The table.</summary>
    public override string ToString() => ToTable();
}
