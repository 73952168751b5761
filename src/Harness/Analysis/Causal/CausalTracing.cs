using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>Causal tracing (Meng et al. 2022, arXiv 2202.05262, section 2.1): where clean activations bring an answer back that noise on the subject took away.</summary>
public static class CausalTracing
{
    /// <summary>
    /// Adds noise to the subject's embeddings and restores one kind of activation at one position, in a window of layers
    /// around each layer in turn: layers max(0, l − ⌊w/2⌋) to min(n_layers, l + ⌈w/2⌉) − 1, as in the source's code
    /// (for even w one more below than above). Exact: one run for each layer, position, prompt and sample of noise.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers.</param>
    /// <param name="noise">The noise; every prompt is run with each of its samples.</param>
    /// <param name="restored">What is restored.</param>
    /// <param name="window">How many layers at once: 1 for the residual stream in the source, 10 of 48 for MLPs and attention.</param>
    /// <param name="positions">Where; null takes every position, for which the prompts have to be of equal length.</param>
    /// <exception cref="ArgumentException">The prompts differ in length and no positions are given, or the window is empty.</exception>
    /// <exception cref="InvalidOperationException">A prompt has no answer.</exception>
    /// <exception cref="InvalidExperimentException">The noise changed nothing.</exception>
    public static CausalTrace CausalTrace(this HookedTransformer model, PromptSet prompts, EmbeddingNoise noise, TracedActivation restored, int window = 1, IEnumerable<Position>? positions = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ImmutableArray<Position> columns = [.. positions ?? EveryPosition(prompts)];
        if (columns.IsEmpty)
        {
            throw new ArgumentException("Name at least one position, or leave them out for all.", nameof(positions));
        }

        int layers = model.Config.Layers;
        var repeated = new EvaluationSet($"{prompts.Family}, {noise.Samples} times", prompts.Seed, prompts.Prompts.SelectMany(prompt => Enumerable.Repeat(prompt, noise.Samples)));
        var table = new PerPrompt[layers, columns.Length];
        for (int layer = 0; layer < layers; layer++)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                table[layer, column] = Measure(new CombinedIntervention(noise, Restoration(restored, layer, window, columns[column], layers)));
            }
        }

        return new CausalTrace(model.AnswerProbability(prompts), Measure(noise), columns, table);

        PerPrompt Measure(Intervention intervention) =>
            new(model.AnswerProbability(repeated, intervention).Numerators.Chunk(noise.Samples).Select(samples => samples.Average()));
    }

    private static Intervention Restoration(TracedActivation restored, int layer, int window, Position position, int layers)
    {
        int first = Math.Max(0, layer - (window / 2));
        int end = Math.Min(layers, layer + ((window + 1) / 2));
        Func<int, HookPoint> point = restored switch
        {
            TracedActivation.Residual => Hook.ResidPost,
            TracedActivation.Mlp => Hook.MlpOut,
            TracedActivation.Attention => Hook.AttnOut,
            _ => throw new ArgumentOutOfRangeException(nameof(restored), restored, "Nothing known is to be restored."),
        };
        return Freeze.Kept(
            string.Create(CultureInfo.InvariantCulture, $"{restored} of layers {first} to {end - 1} at {position}"),
            _ => Enumerable.Range(first, end - first).Select(at => new ActivationTarget(point(at), At: position)),
            PromptSide.Clean);
    }

    private static IEnumerable<Position> EveryPosition(PromptSet prompts)
    {
        int length = prompts.Prompts[0].Tokens.Length;
        Prompt? other = prompts.Prompts.FirstOrDefault(prompt => prompt.Tokens.Length != length);
        return other is null
            ? Enumerable.Range(0, length).Select(index => (Position)index)
            : throw new ArgumentException($"The prompts of '{prompts.Family}' have different lengths ({length}, {other.Tokens.Length}); name the positions to trace, by name or counted from the end.", nameof(prompts));
    }
}
