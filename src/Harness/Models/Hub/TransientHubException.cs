namespace CircuitSpecs.Models.Hub;

/// <summary>A request failed in a way that may pass: 429, 5xx, a cut or silent connection.</summary>
internal sealed class TransientHubException(string problem, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(problem, inner)
{
    /// <summary>How long the server asked to be left alone; null if it did not.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
