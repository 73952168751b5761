using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

/// <summary>Snapshots for tests that care about one thing in them.</summary>
internal static class Some
{
    public static SnapshotHeader Header { get; } = new()
    {
        Model = "organism-a",
        Weights = "9f86d081884c7d65",
        Processing = WeightProcessing.FoldLayerNorm | WeightProcessing.CenterUnembed,
        Bos = true,
    };

    public static Snapshot Metrics(SnapshotTolerance? tolerance, params (string Name, double Value)[] values) =>
        new(Header, new ScalarMetrics(values.Select(value => KeyValuePair.Create(value.Name, value.Value))), tolerance);

    public static Snapshot Heads(double[,] scores, SnapshotTolerance? tolerance = null) => new(Header, new HeadScores(scores), tolerance);

    public static Snapshot Pattern(double[,] pattern, SnapshotTolerance? tolerance = null, string head = "1.2", params string[] tokens) =>
        new(Header, new AttentionPattern(Head.Parse(head), tokens.Length > 0 ? tokens : [.. Enumerable.Range(0, pattern.GetLength(0)).Select(i => $" t{i}")], pattern), tolerance);

    /// <summary>The snapshot after a stay in a file.</summary>
    public static Snapshot Stored(Snapshot snapshot) => SnapshotFile.Parse("stored.verified.txt", SnapshotFile.Text(snapshot));
}
