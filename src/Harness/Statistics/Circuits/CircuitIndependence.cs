using System.Globalization;

namespace CircuitSpecs.Statistics;

/// <summary>
/// Does the model without the circuit still tell how the model with it scores (Shi et al. 2024, independence)? The null
/// hypothesis is that the scores of the full model and of the circuit's complement are independent, tested with
/// <see cref="HilbertSchmidtIndependence"/>. Rejecting it refutes that the circuit is all there is; not rejecting it shows
/// nothing, so that the verdict is never better than inconclusive. Each measurement has its own kernel width, and
/// p = (1 + hits) / (1 + permutations); the authors' program takes one width from the distances <i>between</i> the two
/// measurements, and leaves out the ones.
/// </summary>
public static class CircuitIndependence
{
    /// <summary>Tests the scores of complement and model.</summary>
    /// <param name="complement">The score of the model with the circuit knocked out, on each prompt.</param>
    /// <param name="model">The full model's, on the same prompts.</param>
    /// <param name="level">α.</param>
    /// <param name="seed">Fixes the permutations.</param>
    /// <param name="permutations">How many.</param>
    /// <exception cref="ArgumentException">Different numbers of prompts, fewer than four, ratios, no variance, or a score that is not finite.</exception>
    public static CircuitTestResult Test(PerPrompt complement, PerPrompt model, double level = 0.05, int seed = 0, int permutations = HilbertSchmidtIndependence.DefaultPermutations)
    {
        Samples.MustBeInside(level, nameof(level));
        (double[] first, double[] second) = Samples.Paired(Samples.Scores(complement, 4, nameof(complement)), Samples.Scores(model, 4, nameof(model)), 4, nameof(complement), nameof(model));
        Samples.MustVary(first, nameof(complement), "everything is independent of a constant; take a score that varies over the prompts.");
        Samples.MustVary(second, nameof(model), "everything is independent of a constant; take a score that varies over the prompts.");
        PermutationResult found = HilbertSchmidtIndependence.Test(first, second, seed, permutations);
        return new CircuitTestResult(
            "independence",
            "the scores of the full model and of the model without the circuit are independent",
            found.Statistic,
            found.P,
            null,
            found.P,
            level,
            found.P > level,
            string.Create(CultureInfo.InvariantCulture, $"HSIC = {found.Statistic:G4} over {first.Length} prompts, p = {found.P:G3} ({found.Permutations} permutations)"));
    }
}
