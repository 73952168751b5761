using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// How neurons write to the vocabulary: population moments over tokens of W_out[n] W_U. High kurtosis with positive skew is a neuron that
/// raises few tokens, with negative skew one that lowers them (prediction and suppression neurons, Gurnee et al. 2024, "Universal
/// Neurons", §5.1); high variance without either spreads over a partition of the vocabulary. ln_final's weight counts as far as it is folded into W_U.
/// </summary>
/// <param name="Variance">Variance of the logits over tokens.</param>
/// <param name="Skew">m₃/m₂^1.5.</param>
/// <param name="Kurtosis">m₄/m₂², which is 3 for a normal distribution.</param>
public sealed record NeuronVocabulary(NeuronTable Variance, NeuronTable Skew, NeuronTable Kurtosis)
{
    /// <summary>The moments of all neurons of some layers; costs a product of W_out and W_U for each.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="layers">Which layers; none for all.</param>
    /// <exception cref="ArgumentException">The model has no MLPs, or no such layer.</exception>
    public static NeuronVocabulary Of(ModelWeights weights, params ReadOnlySpan<int> layers)
    {
        NeuronWeights.RequireMlps(weights);
        int[] chosen = layers.IsEmpty ? [.. Enumerable.Range(0, weights.Config.Layers)] : layers.ToArray();
        int wrong = Array.FindIndex(chosen, layer => layer < 0 || layer >= weights.Config.Layers);
        if (wrong >= 0)
        {
            throw new ArgumentException($"'{weights.Name}' has no layer {chosen[wrong]}: it has {weights.Config.Layers}.", nameof(layers));
        }

        (int Layer, double[] Variance, double[] Skew, double[] Kurtosis)[] moments = [.. chosen.Select(layer => Moments(weights, layer))];
        return new NeuronVocabulary(
            new NeuronTable("variance over the vocabulary", moments.Select(layer => KeyValuePair.Create(layer.Layer, layer.Variance))),
            new NeuronTable("skew over the vocabulary", moments.Select(layer => KeyValuePair.Create(layer.Layer, layer.Skew))),
            new NeuronTable("kurtosis over the vocabulary", moments.Select(layer => KeyValuePair.Create(layer.Layer, layer.Kurtosis))));
    }

    /// <summary>The tokens that a neuron raises most, the highest first.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="neuron">The neuron.</param>
    /// <param name="count">How many tokens.</param>
    /// <returns>The tokens with W_out[n] W_U.</returns>
    /// <exception cref="ArgumentException">The model has no such neuron.</exception>
    public static ImmutableArray<TokenLogit> TopTokens(ModelWeights weights, Neuron neuron, int count = 5)
    {
        NeuronWeights.RequireMlps(weights);
        ArgumentNullException.ThrowIfNull(neuron);
        if (!neuron.ExistsIn(weights.Config))
        {
            throw new ArgumentException($"'{weights.Name}' has no neuron {neuron}: it has {weights.Config.Layers} layers of {weights.Config.DMlp} neurons.", nameof(neuron));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor written = NeuronWeights.Output(weights, neuron.Layer).narrow(0, neuron.Index, 1);
        return SingularDirections.Top(VocabularyProducts.Rows(weights["unembed.W_U"].transpose(0, 1), written.transpose(0, 1)).transpose(0, 1), count)[0];
    }

    private static (int Layer, double[] Variance, double[] Skew, double[] Kurtosis) Moments(ModelWeights weights, int layer)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor output = NeuronWeights.Output(weights, layer);
        Tensor unembedding = weights["unembed.W_U"];
        long tokens = unembedding.shape[1];

        // The mean logit is known beforehand, from the mean token: so the moments about it need one pass.
        Tensor centre = VocabularyProducts.Gram(unembedding.transpose(0, 1), ones(tokens, 1)) / tokens;
        Tensor[] sums = [.. Enumerable.Range(0, 3).Select(_ => zeros(output.shape[0], ScalarType.Float64))];
        foreach ((long start, long length) in VocabularyProducts.Chunks(tokens))
        {
            using DisposeScope step = NewDisposeScope();
            Tensor logits = output.matmul(unembedding.narrow(1, start, length).to(ScalarType.Float64) - centre);
            Tensor squares = logits.square();
            sums[0].add_(squares.sum(1L));
            sums[1].add_((squares * logits).sum(1L));
            sums[2].add_(squares.square().sum(1L));
        }

        double[][] moments = [.. sums.Select(sum => (sum / tokens).data<double>().ToArray())];
        return (layer,
            moments[0],
            [.. moments[1].Zip(moments[0], (third, variance) => third / Math.Pow(variance, 1.5))],
            [.. moments[2].Zip(moments[0], (fourth, variance) => fourth / (variance * variance))]);
    }
}
