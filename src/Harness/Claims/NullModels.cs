using System.Runtime.InteropServices;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;
using static TorchSharp.torch;

namespace CircuitSpecs.Claims;

/// <summary>
/// Models of the same shape in which no circuit can be: what a claim says of them too, it does not say about the model
/// under test.
/// </summary>
public static class NullModels
{
    /// <summary>The name of the null whose weights are permuted.</summary>
    public const string Shuffled = "shuffled-weights";

    /// <summary>The name of the null whose weights are drawn afresh.</summary>
    public const string Fresh = "fresh-initialisation";

    /// <summary>
    /// Every parameter with its entries permuted among themselves, over all heads of a layer: norms and distributions
    /// stay, structure goes. A tied unembedding stays tied.
    /// </summary>
    /// <param name="weights">Unprocessed weights.</param>
    /// <param name="seed">Which permutation.</param>
    public static ModelWeights ShuffledWeights(ModelWeights weights, int seed) => Rewritten(weights, $"{Shuffled} {seed}", (name, values) =>
    {
        SeededRandom.For(seed, $"{Shuffled} {name}").Shuffle(values);
    });

    /// <summary>
    /// The weights that training of a GPT-2 starts from: N(0, 0.02) for matrices, the two that write to the residual
    /// stream divided by √(2·layers), biases 0, LayerNorm weights 1 (Radford et al. 2019, section 2.3).
    /// </summary>
    /// <param name="weights">Unprocessed weights, for the shapes.</param>
    /// <param name="seed">Which draw.</param>
    public static ModelWeights FreshInitialisation(ModelWeights weights, int seed)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return Rewritten(weights, $"{Fresh} {seed}", (name, values) =>
        {
            string parameter = name[(name.LastIndexOf('.') + 1)..];
            if (parameter == "w")
            {
                values.Fill(1);
                return;
            }

            if (parameter.StartsWith('b'))
            {
                values.Clear();
                return;
            }

            double scale = 0.02 / (parameter is "W_O" or "W_out" ? Math.Sqrt(2.0 * weights.Config.Layers) : 1);
            SeededRandom random = SeededRandom.For(seed, $"{Fresh} {name}");
            foreach (ref float value in values)
            {
                value = (float)(Gaussian(random) * scale);
            }
        });
    }

    // Box and Muller 1958; 1 − u, since the logarithm of zero is none.
    private static double Gaussian(SeededRandom random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private delegate void Rewrite(string name, Span<float> values);

    private static ModelWeights Rewritten(ModelWeights weights, string suffix, Rewrite rewrite)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Processing != WeightProcessing.None)
        {
            throw new ArgumentException($"A null model is made from unprocessed weights; these are processed ({weights.Processing}). Process it afterwards.", nameof(weights));
        }

        using var scope = NewDisposeScope();
        var parameters = new Dictionary<string, Tensor>();
        foreach (string name in weights.Names.Where(name => name != "unembed.W_U" || !weights.Config.TiedUnembedding))
        {
            Tensor copy = weights[name].clone().contiguous();
            rewrite(name, MemoryMarshal.Cast<byte, float>(copy.bytes));
            parameters[name] = copy;
        }

        if (weights.Config.TiedUnembedding && weights.Contains("unembed.W_U"))
        {
            parameters["unembed.W_U"] = parameters["embed.W_E"].t().contiguous();
        }

        return new ModelWeights($"{weights.Name} ({suffix})", weights.Config, parameters, weights.Hash, WeightProcessing.None);
    }
}
