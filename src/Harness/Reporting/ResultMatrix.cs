using System.Collections.Immutable;
using CircuitSpecs.Claims;

namespace CircuitSpecs.Reporting;

/// <summary>Results arranged as claims × models, for every view that shows them so.</summary>
/// <param name="Models">The columns, in the order in which they first occur.</param>
/// <param name="Rows">The rows, by problem and then in the order in which their claims first occur.</param>
internal sealed record ResultMatrix(ImmutableArray<string> Models, ImmutableArray<ResultMatrix.Row> Rows)
{
    public static ResultMatrix Of(IReadOnlyCollection<ClaimResult> results) => new(
        [.. results.Select(result => result.Model).Distinct()],
        [.. results.GroupBy(result => result.Claim).Select(group => new Row(group.First(), [.. group])).OrderBy(row => row.First.Problem, ProblemOrder.Instance)]);

    /// <summary>One claim.</summary>
    /// <param name="First">Its first result, for number, title and sentence.</param>
    /// <param name="Results">All its results.</param>
    internal sealed record Row(ClaimResult First, ImmutableArray<ClaimResult> Results)
    {
        /// <summary>The component that the whole row is about; null where it differs from cell to cell, or there is none.</summary>
        public string? Component => Results.Select(result => result.Component).Distinct().ToArray() is [var only] ? only : null;

        /// <summary>The results of one model, in order; several where a claim names several components.</summary>
        public IEnumerable<ClaimResult> On(string model) => Results.Where(result => result.Model == model);

        /// <summary>Glyph, component where the row does not name it, value: <c>✓ 4.11 0.873</c>.</summary>
        public string Headline(ClaimResult result) => string.Join(
            ' ',
            new[]
            {
                ResultText.Glyph(result.Outcome) + (result.Recorded == Expectation.Fails ? "¬" : ""),
                Component is null ? result.Component : null,
                ResultText.HasValue(result) ? ResultText.Number(result.Value) : null,
            }.Where(part => !string.IsNullOrEmpty(part)));
    }
}
