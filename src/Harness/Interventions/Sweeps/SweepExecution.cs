using System.Diagnostics;
using CircuitSpecs.Claims;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>
/// Runs a sweep: all patches of a group of prompts advance through the model together, block by block, each entering where it first differs from the
/// unpatched run. So every block's weights are read for many patches at once, whether they lie in memory or are streamed.
/// </summary>
internal sealed class SweepExecution
{
    private readonly Sweep sweep;
    private readonly SweepTask task;
    private readonly SweepWork work;
    private readonly IProgress<SweepProgress>? progress;
    private readonly CancellationToken cancellation;
    private readonly double[][] values;
    private readonly long start = Stopwatch.GetTimestamp();
    private double expected;
    private double done;
    private long run;
    private bool changed;

    public SweepExecution(Sweep sweep, IProgress<SweepProgress>? progress, CancellationToken cancellation)
    {
        this.sweep = sweep;
        task = sweep.Task;
        work = new SweepWork(sweep.Model.Config, task);
        this.progress = progress;
        this.cancellation = cancellation;
        values = new double[sweep.Cells.Length][];
        expected = sweep.Forecast.Work(sweep.Groups);
    }

    public SweepResult Run()
    {
        Report();
        double[] unpatched = new double[sweep.Prompts.Count];
        foreach (PromptBatch group in sweep.Groups)
        {
            Run(group, unpatched);
        }

        if (!changed)
        {
            throw new InvalidExperimentException($"The sweep changed nothing: {task.Description} leaves every activation of all {sweep.Prompts.Count} prompts of '{sweep.Prompts.Family}' as it was.");
        }

        done = expected;
        Report();
        return new SweepResult(sweep, unpatched, values, sweep.Cost.Patches - run, Stopwatch.GetElapsedTime(start));
    }

    private void Run(PromptBatch group, double[] baseline)
    {
        cancellation.ThrowIfCancellationRequested();
        HookedTransformer model = sweep.Model;
        var waiting = new List<RunningRows>();
        using DisposeScope scope = NewDisposeScope();
        using var unpatched = new UnpatchedRun(model, group, task.Whole(0).Side, LayerPatches.Needed(model.Config, task));
        using var reader = new AnswerReader(model, group, sweep.Metric);
        var patches = new LayerPatches(model, task, unpatched);
        try
        {
            Tensor final = unpatched.Residual(model.Config.Layers).narrow(1, unpatched.End - 1, 1).contiguous();
            Fill(group, reader.Read(final, [.. Enumerable.Range(0, group.Count)]), baseline);
            for (int layer = 0; layer < model.Config.Layers; layer++)
            {
                Enter(layer, group, patches, waiting, unpatched, reader);
                waiting = Advance(layer, waiting, unpatched);
            }

            Finish(waiting, unpatched, reader);
            changed |= patches.ChangedAnything;
        }
        finally
        {
            waiting.ForEach(rows => rows.Dispose());
        }
    }

    /// <summary>The unpatched value is every patch's until it is run.</summary>
    private void Fill(PromptBatch group, double[] read, double[] baseline)
    {
        for (int row = 0; row < group.Count; row++)
        {
            baseline[group.Indices[row]] = read[row];
        }

        for (int cell = 0; cell < values.Length; cell++)
        {
            double[] ofCell = values[cell] ??= new double[baseline.Length];
            for (int row = 0; row < group.Count; row++)
            {
                ofCell[group.Indices[row]] = read[row];
            }
        }
    }

    private void Enter(int layer, PromptBatch group, LayerPatches patches, List<RunningRows> waiting, UnpatchedRun unpatched, AnswerReader reader)
    {
        double forecast = sweep.Forecast.In(layer, group).Work;
        foreach (Func<EnteredRows> part in patches.Of(layer))
        {
            using DisposeScope scope = NewDisposeScope();
            EnteredRows entered = part();
            foreach (IGrouping<(int From, int Until), PatchedRow> alike in entered.Rows.GroupBy(row => (row.From, row.Until)))
            {
                int positions = unpatched.End - alike.Key.From;
                double each = work.Of(entered.Layer, entered.AtMlp, positions);
                foreach (PatchedRow[] rows in alike.Chunk((int)Math.Max(sweep.Limits.TokensAtOnce / positions, 1)))
                {
                    var running = RunningRows.Start(entered, rows);
                    waiting.Add(running);
                    run += rows.Length;
                    forecast -= rows.Length * each;
                    if (entered.AtMlp)
                    {
                        Step(running, unpatched);
                    }

                    if (waiting.Sum(other => other.Bytes) > sweep.Limits.BytesWaiting)
                    {
                        Finish(waiting, unpatched, reader);
                    }
                }
            }
        }

        // What turned out to change nothing need not be waited for.
        expected -= forecast;
    }

    /// <summary>Takes the rows that stand before a block through it, those together that start at the same position.</summary>
    private List<RunningRows> Advance(int layer, List<RunningRows> waiting, UnpatchedRun unpatched)
    {
        foreach (RunningRows rows in waiting.Where(rows => rows.Layer == layer))
        {
            Step(rows, unpatched);
        }

        var joined = new List<RunningRows>();
        foreach (IGrouping<(int, int), RunningRows> alike in waiting.GroupBy(rows => (rows.From, rows.Layer)))
        {
            var parts = new List<RunningRows>();
            foreach (RunningRows rows in alike)
            {
                if (parts.Count > 0 && parts.Sum(part => part.Tokens) + rows.Tokens > sweep.Limits.TokensAtOnce)
                {
                    joined.Add(RunningRows.Join(parts));
                    parts = [];
                }

                parts.Add(rows);
            }

            joined.Add(RunningRows.Join(parts));
        }

        return joined;
    }

    private void Finish(List<RunningRows> waiting, UnpatchedRun unpatched, AnswerReader reader)
    {
        foreach (RunningRows rows in waiting)
        {
            while (rows.Layer < sweep.Model.Config.Layers)
            {
                Step(rows, unpatched);
            }

            double[] read = reader.Read(rows.Residual, [.. rows.Rows.Select(row => row.Prompt)]);
            for (int row = 0; row < read.Length; row++)
            {
                (int cell, int prompt) = rows.Rows[row];
                values[cell][unpatched.Batch.Indices[prompt]] = read[row];
            }

            rows.Dispose();
        }

        waiting.Clear();
    }

    private void Step(RunningRows rows, UnpatchedRun unpatched)
    {
        cancellation.ThrowIfCancellationRequested();
        double before = rows.Rows.Length * work.Of(rows.Layer, rows.AtMlp, unpatched.End - rows.From);
        rows.Advance(sweep.Model, unpatched, task.Path == SweepPath.ThroughMlps);
        done += before - (rows.Rows.Length * work.Of(rows.Layer, rows.AtMlp, unpatched.End - rows.From));
        Report();
    }

    private void Report() => progress?.Report(new SweepProgress(sweep.Cost, expected > 0 ? Math.Min(done / expected, 1) : 0, Stopwatch.GetElapsedTime(start)));
}
