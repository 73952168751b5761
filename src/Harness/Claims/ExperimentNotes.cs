using System.Collections.Concurrent;

namespace CircuitSpecs.Claims;

/// <summary>
/// Collects what a measurement did while it runs (which interventions, on what data), so that it stands in the result's
/// conventions without a word from the claim's author.
/// </summary>
public sealed class ExperimentNotes : IDisposable
{
    private static readonly AsyncLocal<ExperimentNotes?> Current = new();
    private readonly ExperimentNotes? outer = Current.Value;
    private readonly ConcurrentDictionary<string, string> notes = new(StringComparer.Ordinal);

    private ExperimentNotes() => Current.Value = this;

    /// <summary>What was noted: topic → text.</summary>
    internal IEnumerable<KeyValuePair<string, string>> All => notes;

    /// <summary>Starts collecting, until the result is disposed.</summary>
    internal static ExperimentNotes Begin() => new();

    /// <summary>Notes something; without effect where nobody collects. The first note on a topic stays.</summary>
    /// <param name="topic">For example <c>intervention</c>.</param>
    /// <param name="text">For example <c>mean ablation of 3.0, mean over positions of the measured prompts</c>.</param>
    public static void Add(string topic, string text) => Current.Value?.notes.TryAdd(topic, text);

    /// <inheritdoc/>
    public void Dispose() => Current.Value = outer;
}
