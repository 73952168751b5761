using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>How often the neurons of one MLP are active, that is above a threshold after the activation function.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="ActiveShare">For each neuron the share of tokens at which it is active.</param>
public sealed record MlpSparsity(int Layer, ImmutableArray<double> ActiveShare)
{
    /// <summary>The share of neurons that are active at a token, on average.</summary>
    public double Active => ActiveShare.Average();

    /// <summary>The neurons that are active at none of the tokens.</summary>
    public IEnumerable<int> Dead => Enumerable.Range(0, ActiveShare.Length).Where(neuron => ActiveShare[neuron] == 0);

    /// <summary>Measures every layer.</summary>
    /// <param name="model">The model; with MLPs.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="threshold">Above which a neuron is active: 0 for ReLU; GELU and gated MLPs are hardly ever exactly zero, so state it.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <returns>By layer.</returns>
    /// <exception cref="UnknownHookException">The model has attention alone.</exception>
    public static ImmutableArray<MlpSparsity> Of(HookedTransformer model, PromptSet prompts, double threshold = 0, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        int width = model.Config.DMlp;
        long[][] active = [.. Enumerable.Range(0, model.Config.Layers).Select(_ => new long[width])];
        double tokens = prompts.Prompts.Sum(prompt => (double)prompt.Tokens.Length);
        LayerActivations.Read(model, prompts, interventions, [.. Enumerable.Range(0, model.Config.Layers).Select(Hook.Post)], (batch, values) =>
        {
            for (int layer = 0; layer < active.Length; layer++)
            {
                float[] all = values[layer];
                for (int index = 0; index < all.Length; index++)
                {
                    active[layer][index % width] += all[index] > threshold ? 1 : 0;
                }
            }
        });
        return [.. active.Select((counts, layer) => new MlpSparsity(layer, [.. counts.Select(count => count / tokens)]))];
    }
}
