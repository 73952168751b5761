using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// What neurons read and write, by their weights. A neuron that writes the opposite of what it reads (cosine near −1) erases a direction
/// from the residual stream; one that writes what it reads amplifies it (Gurnee et al. 2024, "Universal Neurons"). Accumulated in float64.
/// </summary>
public static class NeuronWeights
{
    /// <summary>cos(W_in[:, n], W_out[n, :]) of every neuron.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="input">Which input of a gated MLP.</param>
    /// <param name="foldLayerNorm">Whether to fold ln2's weight into the input first; without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no MLPs, or no gates and they are asked for.</exception>
    public static NeuronTable InputOutputCosines(this ModelWeights weights, NeuronInput input = NeuronInput.In, bool foldLayerNorm = false) =>
        Table(weights, $"cosine of {(input == NeuronInput.Gate ? "gate" : "input")} and output", layer => Cosine(Input(weights, layer, input, foldLayerNorm), Output(weights, layer)));

    /// <summary>cos(W_gate[:, n], W_in[:, n]) of every neuron of gated MLPs.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="foldLayerNorm">Whether to fold ln2's weight in first; without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no gates.</exception>
    public static NeuronTable GateInputCosines(this ModelWeights weights, bool foldLayerNorm = false) =>
        Table(weights, "cosine of gate and input", layer => Cosine(Input(weights, layer, NeuronInput.Gate, foldLayerNorm), Input(weights, layer, NeuronInput.In, foldLayerNorm)));

    /// <summary>‖W_in[:, n]‖ of every neuron.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="input">Which input of a gated MLP.</param>
    /// <param name="foldLayerNorm">Whether to fold ln2's weight in first; without effect on weights that are folded already.</param>
    /// <exception cref="ArgumentException">The model has no MLPs, or no gates and they are asked for.</exception>
    public static NeuronTable NeuronInputNorms(this ModelWeights weights, NeuronInput input = NeuronInput.In, bool foldLayerNorm = false) =>
        Table(weights, $"norm of the {(input == NeuronInput.Gate ? "gate" : "input")}", layer => Norm(Input(weights, layer, input, foldLayerNorm)));

    /// <summary>‖W_out[n, :]‖ of every neuron.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <exception cref="ArgumentException">The model has no MLPs.</exception>
    public static NeuronTable NeuronOutputNorms(this ModelWeights weights) => Table(weights, "norm of the output", layer => Norm(Output(weights, layer)));

    /// <summary>W_out of a layer [neuron, d_model], float64.</summary>
    internal static Tensor Output(ModelWeights weights, int layer) => weights[$"blocks.{layer}.mlp.W_out"].to(ScalarType.Float64);

    internal static void RequireMlps(ModelWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Config.AttentionOnly)
        {
            throw new ArgumentException($"'{weights.Name}' has attention alone: there are no neurons.", nameof(weights));
        }
    }

    private static NeuronTable Table(ModelWeights weights, string name, Func<int, Tensor> ofLayer)
    {
        RequireMlps(weights);
        return new NeuronTable(name, Enumerable.Range(0, weights.Config.Layers).Select(layer =>
        {
            using DisposeScope scope = NewDisposeScope();
            return KeyValuePair.Create(layer, ofLayer(layer).contiguous().data<double>().ToArray());
        }));
    }

    /// <summary>[neuron, d_model], float64.</summary>
    private static Tensor Input(ModelWeights weights, int layer, NeuronInput input, bool foldLayerNorm)
    {
        if (input == NeuronInput.Gate && !weights.Config.GatedMlp)
        {
            throw new ArgumentException($"The MLPs of '{weights.Name}' have no gates: take {nameof(NeuronInput)}.{nameof(NeuronInput.In)}.", nameof(input));
        }

        Tensor matrix = weights[$"blocks.{layer}.mlp.{(input == NeuronInput.Gate ? "W_gate" : "W_in")}"].to(ScalarType.Float64);
        return (foldLayerNorm && weights.TryGet($"blocks.{layer}.ln2.w", out Tensor? gain) ? matrix * gain.unsqueeze(-1) : matrix).transpose(0, 1);
    }

    private static Tensor Norm(Tensor rows) => rows.square().sum(1L).sqrt();

    private static Tensor Cosine(Tensor left, Tensor right) => (left * right).sum(1L) / (Norm(left) * Norm(right));
}
