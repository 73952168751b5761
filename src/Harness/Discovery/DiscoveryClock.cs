using System.Diagnostics;

namespace CircuitSpecs.Discovery;

/// <summary>Counts the steps of a search and tells whoever wants to know; also once before the first, so that the number of steps is known beforehand.</summary>
internal sealed class DiscoveryClock
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly string what;
    private readonly int total;
    private readonly IProgress<DiscoveryProgress>? progress;
    private int done;

    public DiscoveryClock(string what, int total, IProgress<DiscoveryProgress>? progress)
    {
        this.what = what;
        this.total = total;
        this.progress = progress;
        Advance(0);
    }

    public void Advance(int steps = 1)
    {
        done += steps;
        progress?.Report(new DiscoveryProgress(what, done, total, watch.Elapsed));
    }
}
