using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace CircuitSpecs;

/// <summary>
/// Stands once on an assembly of claims; the package's build files put it there. At the end of a run it prints the table
/// of claims × models, writes the job summary where <c>GITHUB_STEP_SUMMARY</c> is set, and fails the run in CI where
/// snapshot files are left that no claim uses.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ClaimReportAttribute : Attribute, ITestAction
{
    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Suite;

    /// <inheritdoc/>
    public void BeforeTest(ITest test)
    {
    }

    /// <inheritdoc/>
    public void AfterTest(ITest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        ClaimSession.Current.Finish(ClaimsIn(test));
    }

    private static int ClaimsIn(ITest test) => (test is ClaimTestMethod ? 1 : 0) + test.Tests.Sum(ClaimsIn);
}
