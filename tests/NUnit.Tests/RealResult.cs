namespace CircuitSpecs.Tests;

/// <summary>One test's line in a TRX file.</summary>
/// <param name="Name">The display name.</param>
/// <param name="FullName">Class and method, as the adapter reports them.</param>
/// <param name="Outcome"><c>Passed</c>, <c>Failed</c>, <c>NotExecuted</c>.</param>
/// <param name="Message">The message, with what was printed.</param>
internal sealed record RealResult(string Name, string FullName, string Outcome, string Message);
