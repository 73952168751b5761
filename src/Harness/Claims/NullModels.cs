using System.Runtime.InteropServices;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;
using static TorchSharp.torch;

namespace CircuitSpecs.Claims;

/// <summary>
/// Models of the same shape in which no circuit can be: what a claim says of them too, it does not say about the model
/// under test. The null models of streamed weights are streamed too, and need the original to live on.
/// </summary>
public static class NullModels
{
    /// <summary>The name of the null whose weights are permuted.</summary>
    public const string Shuffled = "shuffled-weights";

    /// <summary>The name of the null whose weights are drawn afresh.</summary>
    public const string Fresh = "fresh-initialisation";

    private const string Embedding = "embed.W_E";
    private const string Unembedding = "unembed.W_U";

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

        string renamed = $"{weights.Name} ({suffix})";
        if (weights.AreStreamed)
        {
            return new ModelWeights(renamed, weights.Config, weights.Names, Streamed(weights, rewrite), weights.Hash, WeightProcessing.None);
        }

        using var scope = NewDisposeScope();
        var parameters = new Dictionary<string, Tensor>();
        foreach (string name in weights.Names.Where(name => name != Unembedding || !weights.Config.TiedUnembedding))
        {
            parameters[name] = Rewritten(name, weights[name], rewrite);
        }

        if (weights.Config.TiedUnembedding && weights.Contains(Unembedding))
        {
            parameters[Unembedding] = parameters[Embedding].t().contiguous();
        }

        return new ModelWeights(renamed, weights.Config, parameters, weights.Hash, WeightProcessing.None);
    }

    // A model that does not fit has null models that do not: theirs are made anew each time that a block is read, the same by the same seed.
    private static StreamedParameters Streamed(ModelWeights weights, Rewrite rewrite)
    {
        StreamedParameters stored = weights.Streamed!;
        bool tied = weights.Config.TiedUnembedding && weights.Contains(Embedding);
        return new StreamedParameters(weights.Names, Read, stored.BytesOf, checkpoint: null, MemoryLimit.ForWeights);

        IReadOnlyDictionary<string, Tensor> Read(string group)
        {
            using var scope = NewDisposeScope();
            var parameters = new Dictionary<string, Tensor>(StringComparer.Ordinal);
            foreach ((string name, Tensor value) in stored.Read(group))
            {
                parameters[name] = name == Unembedding && tied
                    ? Rewritten(Embedding, stored.Read(StreamedParameters.GroupName(Embedding))[Embedding], rewrite).t().contiguous()
                    : Rewritten(name, value, rewrite);
            }

            return parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.MoveToOuterDisposeScope(), StringComparer.Ordinal);
        }
    }

    private static Tensor Rewritten(string name, Tensor value, Rewrite rewrite)
    {
        Tensor copy = value.clone().contiguous();
        rewrite(name, MemoryMarshal.Cast<byte, float>(copy.bytes));
        return copy;
    }
}
