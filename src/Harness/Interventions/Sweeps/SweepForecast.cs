using System.Collections.Immutable;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>What a sweep will cost, from its cells and the tokens alone.</summary>
internal sealed class SweepForecast(ModelConfig config, SweepTask task, SweepLimits limits)
{
    private readonly SweepWork work = new(config, task);
    private readonly int heads = task.CellsOfLayer(config);

    /// <summary>The cost of a sweep over these prompts.</summary>
    public SweepCost Of(PromptSet prompts, IEnumerable<PromptBatch> groups)
    {
        double total = 0;
        double passes = 0;
        long patches = 0;
        long run = 0;
        long bytes = 0;
        foreach (PromptBatch group in groups)
        {
            double ofGroup = 0;
            for (int layer = 0; layer < config.Layers; layer++)
            {
                (double ofLayer, long running) = In(layer, group);
                ofGroup += ofLayer;
                run += running;
            }

            patches += (long)config.Layers * heads * Math.Max(task.Positions?.Length ?? 1, 1) * group.Count;
            total += ofGroup;
            passes += ofGroup / ((double)config.Layers * group.Length);
            bytes = Math.Max(bytes, group.Count * group.Length * PromptGroups.BytesOfToken(config));
        }

        long waiting = run * config.DModel * sizeof(float) * prompts.Prompts.Max(prompt => prompt.Tokens.Length);
        return new SweepCost(patches, patches - run, passes, work.Operations(total), bytes + Math.Min(waiting, limits.BytesWaiting));
    }

    /// <summary>The work of all cells.</summary>
    public double Work(IEnumerable<PromptBatch> groups) => groups.Sum(group => Enumerable.Range(0, config.Layers).Sum(layer => In(layer, group).Work));

    /// <summary>The work of a layer's cells on some prompts, and how many patches are run for it.</summary>
    public (double Work, long Run) In(int layer, PromptBatch group)
    {
        int end = group.AnswerPositions()[0] + 1;
        double total = 0;
        long run = 0;
        ImmutableArray<int>[] positions = task.Positions is { } named ? [.. named.Select(position => position.In(group))] : [];
        bool spreads = task.Spreads(layer);
        bool lastOnly = work.ReadsLastOnly(layer);
        for (int row = 0; row < group.Count; row++)
        {
            int first = task.FromTwin ? FirstDifference(group.Prompts[row]) : 0;
            if (positions.Length == 0)
            {
                Count(first, end);
            }

            foreach (ImmutableArray<int> at in positions)
            {
                bool seen = at[row] >= first && at[row] < end && (!lastOnly || spreads || at[row] == end - 1);
                Count(at[row], seen ? end : 0);
            }
        }

        return (total, run);

        void Count(int from, int until)
        {
            if (from < until)
            {
                total += heads * work.OfCell(layer, until - from);
                run += heads;
            }
        }
    }

    private static int FirstDifference(Prompt prompt) => prompt.Tokens.AsSpan().CommonPrefixLength(prompt.Corrupt!.Value.AsSpan());
}
