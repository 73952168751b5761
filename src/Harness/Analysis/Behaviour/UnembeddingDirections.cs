using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>For a token the unit vector of the residual stream along which its logit rises fastest before division by ln_final's scale: its unembedding, with ln_final's weight, centred under LayerNorm.</summary>
internal sealed class UnembeddingDirections(ModelWeights weights)
{
    private readonly Dictionary<int, double[]> known = [];

    public double[] this[int token]
    {
        get
        {
            if (!known.TryGetValue(token, out double[]? direction))
            {
                known[token] = direction = Make(token);
            }

            return direction;
        }
    }

    private double[] Make(int token)
    {
        double[] direction = Doubles(weights["unembed.W_U"].select(1, token));
        double[]? gain = weights.TryGet("ln_final.w", out Tensor? weight) ? Doubles(weight) : null;
        for (int j = 0; j < direction.Length && gain is not null; j++)
        {
            direction[j] *= gain[j];
        }

        double mean = weights.Config.Norm == NormKind.LayerNorm ? direction.Average() : 0;
        double length = Math.Sqrt(direction.Sum(value => (value - mean) * (value - mean)));
        return length > 0 ? Array.ConvertAll(direction, value => (value - mean) / length) : direction;
    }

    private static double[] Doubles(Tensor values) => Array.ConvertAll(values.contiguous().data<float>().ToArray(), value => (double)value);
}
