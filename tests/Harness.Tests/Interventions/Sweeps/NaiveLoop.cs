using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

/// <summary>The loop that a sweep stands for: one measurement with one intervention for every cell.</summary>
internal static class NaiveLoop
{
    public const double Tolerance = 1e-5;

    /// <summary>Compares every prompt of every cell with a measurement of its own.</summary>
    public static SweepResult ShouldEqualTheNaiveLoop(this Sweep sweep, HookedTransformer model, PromptSet prompts, Func<SweepCell, Intervention>? intervention = null)
    {
        SweepResult result = sweep.Run();
        Intervention[] side = sweep.InterventionOrNull(intervention, sweep.Cells[0]).Side == PromptSide.Corrupt ? [CorruptRun.Instance] : [];
        PerPrompt unpatched = model.LogitDifference(prompts, side);
        Compare(result.Unpatched, unpatched, "the unpatched run");
        foreach (SweepCell cell in sweep.Cells)
        {
            PerPrompt expected;
            try
            {
                expected = model.LogitDifference(prompts, sweep.InterventionOrNull(intervention, cell));
            }
            catch (InvalidExperimentException)
            {
                // The loop refuses what changes nothing.
                result[cell].Numerators.Should().Equal(result.Unpatched.Numerators, "{0} changes nothing, which is exactly no effect ({1})", cell, sweep.Description);
                expected = unpatched;
            }

            Compare(result[cell], expected, $"{cell} of {sweep.Description}");
        }

        return result;
    }

    private static Intervention InterventionOrNull(this Sweep sweep, Func<SweepCell, Intervention>? intervention, SweepCell cell) => intervention?.Invoke(cell) ?? sweep.InterventionOf(cell);

    private static void Compare(PerPrompt actual, PerPrompt expected, string what)
    {
        actual.Count.Should().Be(expected.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            actual.Numerators[i].Should().BeApproximately(expected.Numerators[i], Tolerance, "that is prompt {0} of {1}", i, what);
        }
    }
}
