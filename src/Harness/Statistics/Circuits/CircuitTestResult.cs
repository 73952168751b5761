using CircuitSpecs.Claims;

namespace CircuitSpecs.Statistics;

/// <summary>
/// What one of the circuit hypothesis tests of Shi et al. ("Hypothesis Testing the Circuit Hypothesis in LLMs", 2024,
/// arXiv 2410.13032) found. Three of the five are passed in the paper by <i>not</i> rejecting, which few prompts always
/// manage; here a property counts as supported only where the opposite was rejected.
/// </summary>
/// <param name="Name">Which of the tests.</param>
/// <param name="NullHypothesis">What was put to the test, in words.</param>
/// <param name="Statistic">The test statistic.</param>
/// <param name="P">The p as published, of <paramref name="NullHypothesis"/>.</param>
/// <param name="SupportP">The p of the hypothesis that the circuit lacks the property: small where it has it. Null where no test can show it.</param>
/// <param name="RefuteP">The p of the hypothesis that the circuit has the property: small where it lacks it.</param>
/// <param name="Level">α.</param>
/// <param name="PassesAsPublished">The paper's verdict.</param>
/// <param name="Summary">The numbers in a sentence.</param>
public record CircuitTestResult(string Name, string NullHypothesis, double Statistic, double P, double? SupportP, double RefuteP, double Level, bool PassesAsPublished, string Summary)
{
    /// <summary>Supported where the lack of the property was rejected, refuted where the property was, inconclusive where neither was.</summary>
    public Verdict Verdict => RefuteP <= Level ? Verdict.Refuted : SupportP <= Level ? Verdict.Supported : Verdict.Inconclusive;
}
