using System.Diagnostics;
using System.Globalization;
using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Bench.Sweeps;

/// <summary>
/// Our side of <c>bench/sweeps.sh</c>: answers <c>planner KIND BATCH LENGTH DIFFERENCE SEED</c> with the milliseconds of the whole sweep, and
/// <c>naive KIND BATCH LENGTH DIFFERENCE SEED CELL,CELL,...</c> with those of one measurement with one intervention for each of these cells; then on the same line one value a
/// prompt a cell. The other side is <c>sweeps.py</c>, which asks both in turn.
/// </summary>
internal static class SweepWorker
{
    /// <summary>Answers requests until the input ends.</summary>
    /// <param name="folder">The folder of a model of GPT-2's shape.</param>
    /// <param name="threads">Threads of the engine.</param>
    public static void Run(string folder, int threads)
    {
        set_num_threads(threads);
        using ModelWeights weights = ModelLoader.Load(folder);
        using var model = new HookedTransformer(weights);
        while (Console.ReadLine() is string line)
        {
            string[] request = line.Split(' ');
            int[] numbers = [.. request[2..6].Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
            EvaluationSet pairs = Pairs(numbers[0], numbers[1], numbers[2], numbers[3], model.Config.Vocabulary);
            Sweep sweep = Sweep(request[1], model, pairs);
            long start = Stopwatch.GetTimestamp();
            IEnumerable<double> values;
            if (request[0] == "planner")
            {
                SweepResult result = sweep.Run(new Progress());
                values = [.. sweep.Cells.SelectMany(cell => result[cell].Numerators)];
            }
            else
            {
                values = [.. request[6].Split(',').SelectMany(cell => Alone(model, pairs, sweep.InterventionOf(sweep.Cells[int.Parse(cell, CultureInfo.InvariantCulture)])))];
            }

            double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Console.WriteLine(string.Join(' ', values.Prepend(elapsed).Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        }
    }

    /// <summary>One measurement; the unpatched one where the intervention is refused because it changes nothing.</summary>
    private static IEnumerable<double> Alone(HookedTransformer model, PromptSet pairs, Intervention intervention)
    {
        try
        {
            return model.LogitDifference(pairs, intervention).Numerators;
        }
        catch (InvalidExperimentException)
        {
            return model.LogitDifference(pairs, intervention.Side == PromptSide.Corrupt ? [CorruptRun.Instance] : []).Numerators;
        }
    }

    /// <summary>Twins that are equal before a position and differ in every token from there on; <c>sweeps.py</c> makes the same.</summary>
    private static EvaluationSet Pairs(int batch, int length, int difference, int seed, int vocabulary)
    {
        return new EvaluationSet($"bench {difference}", seed, Enumerable.Range(0, batch).Select(row => new Prompt
        {
            Tokens = [.. Enumerable.Range(0, length).Select(at => Token(row, at, 0))],
            Corrupt = [.. Enumerable.Range(0, length).Select(at => Token(row, at, at < difference ? 0 : 5003))],
            Text = $"prompt {row}",
            Answer = Token(row, length, 1),
            Foil = Token(row, length, 2),
        }));

        int Token(int row, int at, int twin) => at == 0 ? 0 : (int)((((row * 64L) + at + (seed * 1009L)) * 7919 + 13 + twin) % vocabulary);
    }

    private static Sweep Sweep(string kind, HookedTransformer model, PromptSet pairs) => kind switch
    {
        "heads" => Interventions.Sweeps.Sweep.Heads(model, pairs, SweepDirection.Denoising),
        "heads_by_position" => Interventions.Sweeps.Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising),
        "resid_by_position" => Interventions.Sweeps.Sweep.LayersByPosition(model, pairs, SweepDirection.Denoising, Hook.ResidPre),
        "values" => Interventions.Sweeps.Sweep.Heads(model, pairs, SweepDirection.Denoising, Hook.V),
        "paths" => Interventions.Sweeps.Sweep.HeadPaths(model, pairs, SweepDirection.Noising, PathMlps.Recomputed),
        "paths_frozen" => Interventions.Sweeps.Sweep.HeadPaths(model, pairs, SweepDirection.Noising, PathMlps.Frozen),
        _ => throw new InvalidOperationException($"Unknown sweep: {kind}"),
    };

    /// <summary>Progress that nobody reads, so that a long sweep prints nothing.</summary>
    private sealed class Progress : IProgress<SweepProgress>
    {
        public void Report(SweepProgress value)
        {
        }
    }
}
