using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Claims;

/// <summary>Something that a claim wants compared with a snapshot once it has been judged.</summary>
public sealed class SnapshotRequest
{
    private readonly Func<ClaimResult, SnapshotContent> content;

    private SnapshotRequest(string name, Func<ClaimResult, SnapshotContent> content)
    {
        Name = name;
        this.content = content;
    }

    /// <summary>The claim's measured value, with its interval.</summary>
    public static SnapshotRequest OfValue { get; } = new("value", result => new ScalarMetrics(
        new Dictionary<string, double> { ["value"] = result.Value, ["low"] = result.Low, ["high"] = result.High }));

    /// <summary>What tells it apart from the claim's other snapshots: <c>value</c>, <c>pattern</c>, <c>scores</c>.</summary>
    public string Name { get; }

    /// <summary>Anything that can be snapshotted.</summary>
    /// <param name="name">A short name, unique within the claim.</param>
    /// <param name="content">Made only when the claim has been judged on the model it is recorded for.</param>
    public static SnapshotRequest Of(string name, Func<SnapshotContent> content) => new(name, _ => content());

    /// <summary>A table of one number per head.</summary>
    /// <param name="table">The table.</param>
    public static SnapshotRequest Of(HeadTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new SnapshotRequest("table", _ => new ScalarMetrics(table.Heads.Select(head => KeyValuePair.Create($"head {head.Layer:00}.{head.Index:00}", table[head]))));
    }

    /// <summary>The attention pattern of one head on one prompt.</summary>
    /// <param name="head">The head.</param>
    /// <param name="pattern">The tokens of the prompt, and <c>[query, key]</c>.</param>
    public static SnapshotRequest OfPattern(Head head, Func<(ImmutableArray<string> Tokens, double[,] Pattern)> pattern) => new("pattern", _ =>
    {
        var (tokens, values) = pattern();
        return new AttentionPattern(head, tokens, values);
    });

    /// <summary>One number per head of a whole model.</summary>
    /// <param name="scores">[layer, head].</param>
    public static SnapshotRequest OfScores(Func<double[,]> scores) => new("scores", _ => new HeadScores(scores()));

    /// <summary>The snapshot, with a header that says what it depends on.</summary>
    /// <param name="result">The judged claim.</param>
    public Snapshot SnapshotFor(ClaimResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var header = new SnapshotHeader
        {
            Model = result.Model,
            Weights = result.ModelHash,
            Bos = result.Conventions.TryGetValue("bos", out string? bos) ? bos == "prepended" : null,
            Processing = Enum.Parse<Models.WeightProcessing>(result.Conventions["weight processing"]),
            Details = ImmutableSortedDictionary<string, string>.Empty
                .Add("claim", result.Claim)
                .Add("prompts", result.PromptsHash.Length == 0 ? "none" : result.PromptsHash),
        };
        return new Snapshot(header, content(result));
    }
}
