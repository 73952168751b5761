namespace CircuitSpecs.Statistics;

/// <summary>What a test with a known distribution found.</summary>
/// <param name="Statistic">The test statistic: t, W, r, ρ or τ.</param>
/// <param name="P">The chance, under the null hypothesis, of a statistic at least as extreme.</param>
/// <param name="DegreesOfFreedom">Of a t distribution; null where none is used.</param>
public readonly record struct TestResult(double Statistic, double P, double? DegreesOfFreedom = null);
