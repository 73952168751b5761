using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Comparison of whole tables with recorded arrays, which names the cell that is wrong.</summary>
internal static class GoldenTables
{
    /// <summary>What the goldens call weights as stored and as TransformerLens processes them.</summary>
    public static WeightProcessing Processing(string variant) => variant switch
    {
        "raw" => WeightProcessing.None,
        "folded" => WeightProcessing.All,
        _ => throw new NotSupportedException($"The golden records weights '{variant}'."),
    };

    /// <summary>Compares [layer][head].</summary>
    public static void ShouldEqual(this HeadTable actual, JsonElement expected, ModelConfig config, double tolerance, string what) =>
        actual.ShouldEqual(GoldenFolder.Numbers(expected), config, tolerance, what);

    /// <summary>Compares [layer][head].</summary>
    public static void ShouldEqual(this HeadTable actual, IReadOnlyList<double> expected, ModelConfig config, double tolerance, string what)
    {
        actual.Heads.Should().Equal(Head.AllIn(config));
        expected.Should().HaveCount(actual.Heads.Count);
        foreach (Head head in actual.Heads)
        {
            actual[head].Should().BeApproximately(expected[(head.Layer * config.Heads) + head.Index], tolerance, "that is {0} of {1}", what, head);
        }
    }

    /// <summary>Compares lists of numbers.</summary>
    public static void ShouldEqual(this IEnumerable<double> actual, JsonElement expected, double tolerance, string what) =>
        actual.ShouldEqual(GoldenFolder.Numbers(expected), tolerance, what);

    /// <summary>Compares lists of numbers.</summary>
    public static void ShouldEqual(this IEnumerable<double> actual, IReadOnlyList<double> expected, double tolerance, string what)
    {
        double[] values = [.. actual];
        values.Should().HaveCount(expected.Count, "that is {0}", what);
        for (int i = 0; i < values.Length; i++)
        {
            values[i].Should().BeApproximately(expected[i], tolerance, "that is entry {0} of {1}", i, what);
        }
    }
}
