using CircuitSpecs.Models;
using TorchSharp;
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
        using DisposeScope scope = NewDisposeScope();
        Tensor column = weights["unembed.W_U"].select(1, token).to(ScalarType.Float64);
        double[] direction = LogitDirections.BeforeNorm(weights, column).contiguous().data<double>().ToArray();
        double length = Math.Sqrt(direction.Sum(value => value * value));
        return length > 0 ? Array.ConvertAll(direction, value => value / length) : direction;
    }
}
