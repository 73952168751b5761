using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>
/// The shape of the residual stream at one point, over all tokens of a prompt set.
/// </summary>
/// <param name="Point">0 to the number of layers: before that block, or at the end.</param>
/// <param name="MeanNorm">Mean ‖x‖.</param>
/// <param name="MeanNormAt">Mean ‖x‖ at each position.</param>
/// <param name="MeanNormAfterFirst">Mean ‖x‖ of all positions but the first.</param>
/// <param name="ParticipationRatio">(Σλ)²/Σλ² of the covariance over tokens: how many dimensions the tokens spread over.</param>
/// <param name="ParticipationRatioAfterFirst">The same without the first position, whose token is often far away from all others.</param>
/// <param name="KurtosisOverDimensions">Pearson's kurtosis of each token over its dimensions (normal: 3), averaged over tokens: large where a token has few large dimensions.</param>
/// <param name="KurtosisOfDimension">Pearson's kurtosis of each dimension over tokens; NaN where it is constant.</param>
public sealed record ResidualStatistics(
    int Point,
    double MeanNorm,
    ImmutableArray<double> MeanNormAt,
    double MeanNormAfterFirst,
    double ParticipationRatio,
    double ParticipationRatioAfterFirst,
    double KurtosisOverDimensions,
    ImmutableArray<double> KurtosisOfDimension)
{
    /// <summary>Measures every point.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts, at least two tokens in all.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <returns>By point.</returns>
    public static ImmutableArray<ResidualStatistics> Of(HookedTransformer model, PromptSet prompts, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        IReadOnlyList<HookPoint> points = LayerActivations.Residuals(model);
        int longest = prompts.Prompts.Max(prompt => prompt.Tokens.Length);
        ResidualSums[] sums = [.. points.Select(_ => new ResidualSums(model.Config.DModel, longest))];
        LayerActivations.Read(model, prompts, interventions, points, (batch, values) =>
        {
            for (int point = 0; point < sums.Length; point++)
            {
                sums[point].Add(values[point], batch.Length);
            }
        });
        return [.. sums.Select((sum, point) => sum.Statistics(point))];
    }

    /// <summary>Mean over tokens of the cosine between the residual stream before and after each block.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <returns>By block.</returns>
    public static ImmutableArray<double> ConsecutiveCosines(HookedTransformer model, PromptSet prompts, params Intervention[] interventions) =>
        Consecutive(model, prompts, interventions, (before, after) => Dot(before, after) / Math.Sqrt(Dot(before, before) * Dot(after, after)));

    /// <summary>Mean over tokens of ‖x after‖ / ‖x before‖ of each block.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <returns>By block.</returns>
    public static ImmutableArray<double> NormGrowth(HookedTransformer model, PromptSet prompts, params Intervention[] interventions) =>
        Consecutive(model, prompts, interventions, (before, after) => Math.Sqrt(Dot(after, after) / Dot(before, before)));

    private static ImmutableArray<double> Consecutive(HookedTransformer model, PromptSet prompts, Intervention[] interventions, Func<ReadOnlySpan<float>, ReadOnlySpan<float>, double> compare)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        IReadOnlyList<HookPoint> points = LayerActivations.Residuals(model);
        int width = model.Config.DModel;
        double[] sums = new double[model.Config.Layers];
        long tokens = prompts.Prompts.Sum(prompt => (long)prompt.Tokens.Length);
        LayerActivations.Read(model, prompts, interventions, points, (batch, values) =>
        {
            for (int layer = 0; layer < sums.Length; layer++)
            {
                for (int start = 0; start < values[layer].Length; start += width)
                {
                    sums[layer] += compare(values[layer].AsSpan(start, width), values[layer + 1].AsSpan(start, width));
                }
            }
        });
        return [.. sums.Select(sum => sum / tokens)];
    }

    internal static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int index = 0; index < left.Length; index++)
        {
            sum += (double)left[index] * right[index];
        }

        return sum;
    }
}
