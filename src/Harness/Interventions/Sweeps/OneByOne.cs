using System.Diagnostics;
using CircuitSpecs.Analysis;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>A sweep by one whole run for every cell: what is left where hooks of an open <c>using</c> may change anything anywhere, so that runs share nothing.</summary>
internal sealed class OneByOne(Sweep sweep, IProgress<SweepProgress>? progress, CancellationToken cancellation)
{
    private readonly long start = Stopwatch.GetTimestamp();

    public SweepResult Run()
    {
        progress?.Report(new SweepProgress(sweep.Cost, 0, TimeSpan.Zero));
        PromptSide side = sweep.Task.Whole(0).Side;
        double[] unpatched = Measure(side, null);
        double[][] values = new double[sweep.Cells.Length][];
        for (int cell = 0; cell < values.Length; cell++)
        {
            values[cell] = Measure(side, sweep.InterventionOf(sweep.Cells[cell]));
            progress?.Report(new SweepProgress(sweep.Cost, (cell + 1.0) / values.Length, Stopwatch.GetElapsedTime(start)));
        }

        return new SweepResult(sweep, unpatched, values, 0, Stopwatch.GetElapsedTime(start));
    }

    private double[] Measure(PromptSide side, Intervention? intervention)
    {
        double[] values = new double[sweep.Prompts.Count];
        foreach (PromptBatch batch in PromptChunks.Of(sweep.Prompts))
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            Tensor tokens = side == PromptSide.Clean ? batch.Tokens() : batch.CorruptTokens();
            IReadOnlyList<ForwardHook> hooks = intervention?.HooksFor(sweep.Model, batch) ?? [];
            float[] logits = sweep.Model.RunWithHooks(tokens, new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) }, hooks).data<float>().ToArray();
            int vocabulary = sweep.Model.Config.Vocabulary;
            for (int row = 0; row < batch.Count; row++)
            {
                values[batch.Indices[row]] = sweep.Metric.Read(batch.Prompts[row], logits.AsSpan(row * vocabulary, vocabulary));
            }
        }

        return values;
    }
}
