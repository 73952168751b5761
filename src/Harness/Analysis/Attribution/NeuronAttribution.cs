using CircuitSpecs.Components;
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
    /// <exception cref="InvalidOperationException">A prompt has no answer or foil.</exception>
    public static NeuronAttribution Of(HookedTransformer model, PromptSet prompts, int layer)
    {
        ArgumentNullException.ThrowIfNull(model);
        AnswerMetrics.RequireAnswers(prompts, foils: true);
        return PromptRuns.Remembered(model, prompts, [], $"neuron attribution {layer}", () => Measure(model, prompts, layer), _ => 8L * prompts.Count * model.Config.DMlp);
    }

    /// <summary>The neurons with their mean parts, the largest in magnitude first.</summary>
    public IReadOnlyList<(Neuron Neuron, double Mean)> Strongest() =>
        [.. Enumerable.Range(0, parts.GetLength(1)).Select(neuron => (new Neuron(layer, neuron), this[neuron].Value)).OrderByDescending(pair => Math.Abs(pair.Value))];

    private static NeuronAttribution Measure(HookedTransformer model, PromptSet prompts, int layer)
    {
        int neurons = model.Config.DMlp;
        double[,] parts = new double[prompts.Count, neurons];
        float[] projected = [];
        float[] scale = [];
        PromptRuns.Run(
            model,
            prompts,
            [],
            0,
            batch => new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) },
            batch =>
            {
                var directions = new LogitDirections(model, batch);
                Tensor At(Tensor activation) => activation.gather(1, AnswerReadout.Positions(batch).unsqueeze(-1).expand(batch.Count, 1, activation.shape[2])).squeeze(1);
                return [
                    ForwardHook.Observing(Hook.Post(layer), post => projected = (At(post) * directions.Centred.matmul(model.Weights[$"blocks.{layer}.mlp.W_out"].transpose(0, 1))).data<float>().ToArray()),
                    ForwardHook.Observing(Hook.FinalScale, final => scale = At(final).data<float>().ToArray()),
                ];
            },
            (batch, _) =>
            {
                for (int row = 0; row < batch.Count; row++)
                {
                    for (int neuron = 0; neuron < neurons; neuron++)
                    {
                        parts[batch.Indices[row], neuron] = projected[(row * neurons) + neuron] / (double)scale[row];
                    }
                }
            });
        return new NeuronAttribution(layer, parts);
    }
}
