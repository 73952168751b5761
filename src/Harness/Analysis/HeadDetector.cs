using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>How much heads attend as a detection pattern says: <c>detect_head</c> of TransformerLens, for all heads in one pass.</summary>
public static class HeadDetector
{
    /// <summary>The scores of all heads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="pattern">Where a head of the kind sought attends.</param>
    /// <param name="measure">How patterns are compared.</param>
    /// <param name="excludeBos">Whether the first key does not count: attention to it is set to zero (<see cref="DetectionMeasure.Share"/>), or the difference there.</param>
    /// <param name="excludeCurrentToken">Whether the diagonal does not count, likewise.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static HeadScoreTable DetectionScores(
        this HookedTransformer model,
        PromptSet prompts,
        DetectionPattern pattern,
        DetectionMeasure measure = DetectionMeasure.Share,
        bool excludeBos = false,
        bool excludeCurrentToken = false,
        params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(pattern);
        int heads = model.Config.Heads;
        double[][] scores = [.. Head.AllIn(model.Config).Select(_ => new double[prompts.Count])];
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            _ => new ForwardOptions { StopAtLayer = model.Config.Layers },
            batch =>
            {
                double[][,] expected = [.. batch.Prompts.Select(pattern.Of)];
                return [.. Enumerable.Range(0, model.Config.Layers).Select(layer => ForwardHook.Observing(Hook.Pattern(layer), attention =>
                {
                    float[] values = attention.contiguous().data<float>().ToArray();
                    int cells = batch.Length * batch.Length;
                    for (int i = 0; i < batch.Count * heads; i++)
                    {
                        scores[(layer * heads) + (i % heads)][batch.Indices[i / heads]] = Score(values.AsSpan(i * cells, cells), expected[i / heads], measure, excludeBos, excludeCurrentToken);
                    }
                }))];
            },
            (_, _) => { });
        return new HeadScoreTable($"{pattern.Name} ({measure})", model.Config, scores);
    }

    private static double Score(ReadOnlySpan<float> attention, double[,] expected, DetectionMeasure measure, bool excludeBos, bool excludeCurrentToken)
    {
        int length = expected.GetLength(0);
        double total = 0;
        double sum = 0;
        for (int query = 0; query < length; query++)
        {
            for (int key = 0; key <= query; key++)
            {
                if ((excludeBos && key == 0) || (excludeCurrentToken && key == query))
                {
                    continue;
                }

                double there = attention[(query * length) + key];
                total += there;
                sum += measure == DetectionMeasure.Share ? there * expected[query, key] : Math.Abs(there - expected[query, key]);
            }
        }

        return measure == DetectionMeasure.Share ? sum / total : 1 - (sum / length);
    }
}
