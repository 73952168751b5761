using System.Globalization;
using CircuitSpecs.Claims;
using CircuitSpecs.Reporting;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;

namespace CircuitSpecs;

/// <summary>Runs one claim on one model and turns the result into NUnit's outcome.</summary>
/// <param name="test">The test case.</param>
internal sealed class ClaimCommand(Test test) : TestCommand(test)
{
    /// <inheritdoc/>
    public override TestResult Execute(TestExecutionContext context)
    {
        var test = (ClaimTestMethod)Test;
        ClaimSession session = ClaimSession.Current;
        ClaimRun run = session.Runner.Run(test.Case.Definition, test.Case.Record, context.CancellationToken);
        ClaimResult result = session.Compare(test, run);
        session.Record(result);
        SetProperties(result);
        string message = result.Outcome == Outcome.Passed ? "" : FailureMessage.For(result);
        context.CurrentResult.SetResult(StateOf(result.Outcome), message);
        return context.CurrentResult;
    }

    private static ResultState StateOf(Outcome outcome) => outcome switch
    {
        Outcome.Passed => ResultState.Success,
        Outcome.Failed => ResultState.Failure,
        Outcome.Inconclusive => ResultState.Inconclusive,
        Outcome.Ignored => ResultState.Ignored,
        _ => ResultState.Error,
    };

    private void SetProperties(ClaimResult result)
    {
        Test.Properties.Set("Verdict", result.Verdict.ToString().ToLowerInvariant());
        Test.Properties.Set("Value", result.Value.ToString("R", CultureInfo.InvariantCulture));
        Test.Properties.Set("Interval", string.Create(CultureInfo.InvariantCulture, $"[{result.Low:R}, {result.High:R}]"));
        Test.Properties.Set("Threshold", string.Create(CultureInfo.InvariantCulture, $"{result.Direction} {result.Threshold:R}"));
        Test.Properties.Set("N", result.N.ToString(CultureInfo.InvariantCulture));
    }
}
