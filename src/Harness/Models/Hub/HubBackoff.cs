namespace CircuitSpecs.Models.Hub;

/// <summary>Waits between tries, longer each time, until there were too many failures in a row.</summary>
internal sealed class HubBackoff(HubSettings settings)
{
    private int failures;

    /// <summary>Something arrived: the next failure is the first one again.</summary>
    public void Reset() => failures = 0;

    /// <summary>Waits after a failure.</summary>
    /// <param name="what">What was being done, for the message.</param>
    /// <param name="failure">What happened.</param>
    /// <param name="note">Told why there is a pause.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="HubException">There were too many failures, or the server asks for a longer wait than anybody has.</exception>
    public async Task WaitAsync(string what, TransientHubException failure, Action<string>? note, CancellationToken cancel)
    {
        failures++;
        if (failures >= settings.Attempts)
        {
            throw new HubException($"{what}: {failure.Message} ({failures} times in a row). What has arrived is kept; the same command goes on from there.", failure);
        }

        if (failure.RetryAfter is TimeSpan asked && asked > settings.LongestWait)
        {
            throw new HubException($"{what}: {failure.Message}, and asks to be left alone for {asked.TotalSeconds:0} s. What has arrived is kept; try again then.", failure);
        }

        double doubled = Math.Min(settings.FirstWait.TotalSeconds * Math.Pow(2, failures - 1), settings.LongestWait.TotalSeconds);

        // Spread out, so that parallel downloads that were cut together do not come back together.
        TimeSpan wait = failure.RetryAfter ?? TimeSpan.FromSeconds(doubled * (0.75 + (0.5 * Random.Shared.NextDouble())));
        note?.Invoke($"{failure.Message}; again in {wait.TotalSeconds:0.#} s");
        await Task.Delay(wait, cancel).ConfigureAwait(false);
    }
}
