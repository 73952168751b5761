using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Direct logit attribution of the neurons of one layer: post · (W_out[neuron] · u)/scale at the answer position, without b_out.</summary>
public sealed class NeuronAttribution
{
    private readonly int layer;
    private readonly double[,] parts;

    private NeuronAttribution(int layer, double[,] parts)
    {
        this.layer = layer;
        this.parts = parts;
    }

    /// <summary>One neuron's part of the logit difference, in logits.</summary>
    /// <param name="neuron">The neuron's index in the layer.</param>
    public PerPrompt this[int neuron] => new(Enumerable.Range(0, parts.GetLength(0)).Select(prompt => parts[prompt, neuron]));

    /// <summary>Computes the attribution.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers and foils.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="ArgumentException">The model has no such layer, or no MLPs.</exception>
    /// <exception cref="InvalidOperationException">A prompt has no answer or foil.</exception>
    public static NeuronAttribution Of(HookedTransformer model, PromptSet prompts, int layer, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        AnswerMetrics.RequireAnswers(prompts, foils: true);
        if (layer < 0 || layer >= model.Config.Layers || model.Config.AttentionOnly)
        {
            throw new ArgumentException($"'{model.Name}' has no neurons in layer {layer}: it has {model.Config.Layers} layers{(model.Config.AttentionOnly ? " of attention alone" : string.Empty)}.", nameof(layer));
        }

        return PromptRuns.Remembered(model, prompts, interventions, $"neuron attribution {layer}", () => Measure(model, prompts, layer, interventions), _ => 8L * prompts.Count * model.Config.DMlp);
    }

    /// <summary>The neurons with their mean parts, the largest in magnitude first.</summary>
    public IReadOnlyList<(Neuron Neuron, double Mean)> Strongest() =>
        [.. Enumerable.Range(0, parts.GetLength(1)).Select(neuron => (new Neuron(layer, neuron), this[neuron].Value)).OrderByDescending(pair => Math.Abs(pair.Value))];

    private static NeuronAttribution Measure(HookedTransformer model, PromptSet prompts, int layer, Intervention[] interventions)
    {
        int neurons = model.Config.DMlp;
        double[,] parts = new double[prompts.Count, neurons];
        float[] projected = [];
        FinalScales? scales = null;
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            batch => new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) },
            batch =>
            {
                scales = new FinalScales(model.Config, batch);
                Tensor readers = Readers(model, layer, new LogitDirections(model, batch).Directions);
                return [ForwardHook.Observing(Hook.Post(layer), post => projected = (LogitDirections.AtAnswer(batch, post) * readers).data<float>().ToArray()), .. scales.Hooks];
            },
            (batch, _) =>
            {
                for (int row = 0; row < batch.Count; row++)
                {
                    double scale = scales!.Final(row) * scales.AfterMlp(layer, row);
                    for (int neuron = 0; neuron < neurons; neuron++)
                    {
                        parts[batch.Indices[row], neuron] = projected[(row * neurons) + neuron] / scale;
                    }
                }
            });
        return new NeuronAttribution(layer, parts);
    }

    /// <summary>u W_outᵀ [batch, neuron], u taken back through the norm after the MLP where there is one.</summary>
    private static Tensor Readers(HookedTransformer model, int layer, Tensor direction)
    {
        if (model.Config.PostNorms)
        {
            direction = model.Weights.TryGet($"blocks.{layer}.ln2_post.w", out Tensor? gain) ? direction * gain : direction;
            direction = model.Config.Norm == NormKind.LayerNorm ? direction - direction.mean([-1], keepdim: true) : direction;
        }

        return direction.matmul(model.Weights[$"blocks.{layer}.mlp.W_out"].transpose(0, 1));
    }
}
