using System.Collections.Immutable;
using CircuitSpecs.Transformer.Parity;

namespace CircuitSpecs.Tests.Transformer.Parity;

/// <summary>What became of every key of a golden.</summary>
/// <param name="Golden">The golden's path below the goldens, with forward slashes.</param>
/// <param name="Model">The model's architecture.</param>
/// <param name="StoredAs">The format and the types of the model's weights.</param>
/// <param name="Rows">The keys.</param>
internal sealed record GoldenReport(string Golden, string Model, string StoredAs, ImmutableArray<ParityRow> Rows);
