using System.Collections.Immutable;
using CircuitSpecs.Models;

namespace CircuitSpecs.Snapshots;

/// <summary>What the numbers of a snapshot depend on. Two snapshots whose headers differ in anything are different measurements.</summary>
public sealed record SnapshotHeader
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the stored weights, in hexadecimal.</summary>
    public required string Weights { get; init; }

    /// <summary>What was done to the weights after loading.</summary>
    public WeightProcessing Processing { get; init; }

    /// <summary>The type of the numbers while they were computed.</summary>
    public string Dtype { get; init; } = "float32";

    /// <summary>Whether a BOS token stands in front of the prompts; null for statements about weights alone.</summary>
    public bool? Bos { get; init; }

    /// <summary>The tokens of the one prompt as text, BOS included; empty where there are many prompts or none.</summary>
    public ImmutableArray<string> Tokens { get; init; } = [];

    /// <summary>
    /// Whatever else the numbers depend on: prompt family and hash, ablation, position set, seeds. Keys begin with a
    /// lower-case letter and go on with letters, digits, <c>-</c>, <c>_</c> and single spaces.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Details { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The same header with one more detail.</summary>
    /// <param name="key">See <see cref="Details"/>.</param>
    /// <param name="value">Any text.</param>
    public SnapshotHeader With(string key, string value) => this with { Details = Details.SetItem(key, value) };

    /// <summary>Every way in which another header differs from this one, a sentence each; empty if they are the same.</summary>
    /// <param name="received">The header of the new measurement.</param>
    public ImmutableArray<string> DifferencesTo(SnapshotHeader received)
    {
        ArgumentNullException.ThrowIfNull(received);
        ImmutableArray<string>.Builder differences = ImmutableArray.CreateBuilder<string>();
        Compare("model", Model, received.Model);
        Compare("weights", Weights, received.Weights);
        Compare("processing", Processing.ToString(), received.Processing.ToString());
        Compare("dtype", Dtype, received.Dtype);
        Compare("bos", HeaderLines.BosText(Bos), HeaderLines.BosText(received.Bos));
        CompareTokens(Tokens, received.Tokens, differences);
        foreach (string key in Details.Keys.Union(received.Details.Keys).Order(StringComparer.Ordinal))
        {
            Compare(key, Details.GetValueOrDefault(key), received.Details.GetValueOrDefault(key));
        }

        return differences.ToImmutable();

        void Compare(string key, string? expected, string? got)
        {
            if (expected != got)
            {
                differences.Add($"{key}: verified {Show(expected)}, received {Show(got)}");
            }
        }
    }

    private static string Show(string? value) => value is null ? "(absent)" : QuotedText.Plain(value);

    private static void CompareTokens(ImmutableArray<string> verified, ImmutableArray<string> received, ImmutableArray<string>.Builder differences)
    {
        if (verified.Length != received.Length)
        {
            differences.Add($"tokens: verified {verified.Length}, received {received.Length}");
        }

        for (int i = 0; i < Math.Min(verified.Length, received.Length); i++)
        {
            if (verified[i] != received[i])
            {
                differences.Add($"tokens: the first difference is at position {i}: verified {QuotedText.Quote(verified[i])}, received {QuotedText.Quote(received[i])}");
                return;
            }
        }
    }
}
