using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Massive activations of the residual stream at one point (Sun et al. 2024, arXiv 2402.17762): values above 100 in size
/// and at least about 1,000 times the median size of all values at that point.
/// </summary>
/// <param name="Point">0 to the number of layers: the residual stream before that block, or at the end.</param>
/// <param name="MedianSize">Median of |x| over all tokens and dimensions; of an even number the lower middle one, as in PyTorch.</param>
/// <param name="Largest">The largest values in size, the largest first.</param>
/// <param name="Count">How many values are massive.</param>
public sealed record MassiveActivations(int Point, double MedianSize, ImmutableArray<ActivationSite> Largest, int Count)
{
    /// <summary>The largest size over the median size.</summary>
    public double Ratio => Math.Abs(Largest[0].Value) / MedianSize;

    /// <summary>Finds them at every point. All values of the prompts are held, 4 bytes each: for a small model some hundred prompts are a few megabytes a point.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="least">The size above which a value can be massive.</param>
    /// <param name="timesMedian">How many times the median it has to be.</param>
    /// <param name="largest">How many of the largest values to keep.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <returns>By point.</returns>
    public static ImmutableArray<MassiveActivations> Of(HookedTransformer model, PromptSet prompts, double least = 100, double timesMedian = 1000, int largest = 5, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentOutOfRangeException.ThrowIfLessThan(largest, 1);
        IReadOnlyList<HookPoint> points = LayerActivations.Residuals(model);
        int width = model.Config.DModel;
        List<float>[] sizes = [.. points.Select(_ => new List<float>())];
        TopValues<ActivationSite>[] top = [.. points.Select(_ => new TopValues<ActivationSite>(largest))];
        LayerActivations.Read(model, prompts, interventions, points, (batch, values) =>
        {
            for (int point = 0; point < points.Count; point++)
            {
                float[] all = values[point];
                sizes[point].AddRange(all.Select(Math.Abs));
                for (int index = 0; index < all.Length; index++)
                {
                    if (top[point].Admits(Math.Abs(all[index])))
                    {
                        int token = index / width;
                        int prompt = batch.Indices[token / batch.Length];
                        var site = new ActivationSite(all[index], prompt, token % batch.Length, index % width);
                        top[point].Add(Math.Abs(all[index]), ((long)prompt * int.MaxValue) + ((long)site.Position * width) + site.Dimension, site);
                    }
                }
            }
        });
        return [.. points.Select((_, point) =>
        {
            sizes[point].Sort();
            double median = sizes[point][(sizes[point].Count - 1) / 2];
            return new MassiveActivations(point, median, [.. top[point].Descending()], sizes[point].Count(size => size > least && size >= timesMedian * median));
        })];
    }
}
