using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// The composition score of random matrices: two products of Gaussian matrices [d_model, d_head] × [d_head, d_model]. The same for
/// queries, keys and values, about 1/√d_model, and so far from zero in small models.
/// </summary>
/// <param name="Mean">The mean score.</param>
/// <param name="StandardDeviation">Its standard deviation over draws (n in the denominator).</param>
/// <param name="Draws">The number of draws.</param>
public sealed record CompositionBaseline(double Mean, double StandardDeviation, int Draws)
{
    /// <summary>Draws pairs of random heads of a model's shape.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="draws">How many pairs, at least two.</param>
    /// <param name="seed">Decides the draws.</param>
    public static CompositionBaseline Of(ModelConfig config, int draws = 100, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        using Generator generator = new Generator().manual_seed(seed);
        double[] scores = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            using DisposeScope scope = NewDisposeScope();
            scores[draw] = Composition.Norms(Composition.Writers(RandomCircuit()), Composition.Readers(RandomCircuit())).item<double>();
        }

        double mean = scores.Average();
        return new CompositionBaseline(mean, Math.Sqrt(scores.Average(score => (score - mean) * (score - mean))), draws);

        FactoredMatrix RandomCircuit() => new(
            randn([1, config.DModel, config.DHead], ScalarType.Float64, generator: generator),
            randn([1, config.DHead, config.DModel], ScalarType.Float64, generator: generator));
    }
}
