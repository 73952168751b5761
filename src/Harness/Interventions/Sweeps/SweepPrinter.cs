using System.Diagnostics;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>Writes the expected cost before a sweep, the expected time after its first batch, and then a line now and then.</summary>
/// <param name="output">Where to.</param>
/// <param name="title">What stands before every line.</param>
/// <param name="secondsBetween">Seconds between two lines.</param>
public sealed class SweepPrinter(TextWriter output, string title = "sweep", double secondsBetween = 5) : IProgress<SweepProgress>
{
    private long? last;
    private bool timed;

    /// <inheritdoc/>
    public void Report(SweepProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        bool firstTime = !timed && value.Remaining is not null;
        if (last is not long then || firstTime || Stopwatch.GetElapsedTime(then).TotalSeconds >= secondsBetween)
        {
            output.WriteLine($"{title}: {value}");
            last = Stopwatch.GetTimestamp();
            timed |= firstTime;
        }
    }
}
