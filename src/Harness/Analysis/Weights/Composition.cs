using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// How strongly a head reads what an earlier one writes, by the weights alone (Elhage et al. 2021, "A Mathematical
/// Framework for Transformer Circuits"): ‖W_OV¹ R‖/(‖W_OV¹‖ ‖R‖) in Frobenius norms, for row vectors x W, with
/// R = W_QK (queries), W_QKᵀ (keys) or W_OV (values) of the later head; W_QK = W_Q W_Kᵀ, W_OV = W_V W_O. Accumulated in
/// float64. Random matrices have a score of their own for each shape of model, not zero: see <see cref="CompositionBaseline"/>.
/// </summary>
public static class Composition
{
    /// <summary>K-composition of one head into another: what the keys of the later head read of what the earlier one writes.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="from">The earlier head.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The first head is not in an earlier layer, or a head does not exist.</exception>
    public static double KComposition(this ModelWeights weights, Head from, Head into) => Score(weights, from, into, CompositionKind.Key);

    /// <summary>K-composition of every head of the layers before into a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The head is in the first layer, or does not exist.</exception>
    public static HeadTable KComposition(this ModelWeights weights, Head into) => Table(weights, into, CompositionKind.Key);

    /// <summary>Q-composition of one head into another.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="from">The earlier head.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The first head is not in an earlier layer, or a head does not exist.</exception>
    public static double QComposition(this ModelWeights weights, Head from, Head into) => Score(weights, from, into, CompositionKind.Query);

    /// <summary>Q-composition of every head of the layers before into a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The head is in the first layer, or does not exist.</exception>
    public static HeadTable QComposition(this ModelWeights weights, Head into) => Table(weights, into, CompositionKind.Query);

    /// <summary>V-composition of one head into another.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="from">The earlier head.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The first head is not in an earlier layer, or a head does not exist.</exception>
    public static double VComposition(this ModelWeights weights, Head from, Head into) => Score(weights, from, into, CompositionKind.Value);

    /// <summary>V-composition of every head of the layers before into a head.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The head is in the first layer, or does not exist.</exception>
    public static HeadTable VComposition(this ModelWeights weights, Head into) => Table(weights, into, CompositionKind.Value);

    /// <summary>The scores of all pairs of heads of different layers, as <c>all_composition_scores</c> of TransformerLens gives them.</summary>
    /// <param name="weights">The parameters, with whatever processing they have.</param>
    /// <param name="kind">What the later head reads with.</param>
    /// <exception cref="ArgumentException">The model has one layer.</exception>
    public static CompositionScores CompositionScores(this ModelWeights weights, CompositionKind kind)
    {
        ArgumentNullException.ThrowIfNull(weights);
        int layers = weights.Config.Layers;
        int heads = weights.Config.Heads;
        if (layers < 2)
        {
            throw new ArgumentException($"'{weights.Name}' has one layer, whose heads do not read each other.", nameof(weights));
        }

        using DisposeScope scope = NewDisposeScope();
        double[,] scores = new double[layers * heads, layers * heads];
        Tensor[] writers = [.. Enumerable.Range(0, layers - 1).Select(layer => Writers(weights.OvCircuits(layer)))];
        for (int later = 1; later < layers; later++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor readers = Readers(weights, later, kind);
            for (int earlier = 0; earlier < later; earlier++)
            {
                double[] cells = Norms(writers[earlier], readers).contiguous().data<double>().ToArray();
                for (int cell = 0; cell < cells.Length; cell++)
                {
                    scores[(earlier * heads) + (cell / heads), (later * heads) + (cell % heads)] = cells[cell];
                }
            }
        }

        return new CompositionScores(kind, weights.Config, scores);
    }

    /// <summary>W_OV of heads, collapsed to [head, r, d_model] and divided by its norm: all that a score needs of it.</summary>
    internal static Tensor Writers(FactoredMatrix ov)
    {
        using DisposeScope scope = NewDisposeScope();
        return (ov.CollapseLeft() / ov.Norm().unsqueeze(-1).unsqueeze(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>R of heads, collapsed to [head, d_model, r] and divided by its norm.</summary>
    internal static Tensor Readers(FactoredMatrix reading)
    {
        using DisposeScope scope = NewDisposeScope();
        return (reading.CollapseRight() / reading.Norm().unsqueeze(-1).unsqueeze(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>Norms of the products of each writer with each reader, [writer, reader].</summary>
    internal static Tensor Norms(Tensor writers, Tensor readers)
    {
        using DisposeScope scope = NewDisposeScope();
        (long from, long written, long width) = (writers.shape[0], writers.shape[1], writers.shape[2]);
        (long into, long read) = (readers.shape[0], readers.shape[2]);
        Tensor products = writers.reshape(from * written, width).matmul(readers.permute(1, 0, 2).reshape(width, into * read));
        return products.square().reshape(from, written, into, read).sum([1, 3]).sqrt().MoveToOuterDisposeScope();
    }

    private static Tensor Readers(ModelWeights weights, int layer, CompositionKind kind) => Readers(kind switch
    {
        CompositionKind.Query => weights.QkCircuits(layer),
        CompositionKind.Key => weights.QkCircuits(layer).Transposed(),
        CompositionKind.Value => weights.OvCircuits(layer),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Heads compose by query, key or value."),
    });

    private static double Score(ModelWeights weights, Head from, Head into, CompositionKind kind)
    {
        HeadCircuits.Require(weights, from);
        HeadCircuits.Require(weights, into);
        if (from.Layer >= into.Layer)
        {
            throw new ArgumentException($"Head {from} is not in a layer before {into}: it cannot write what that one reads.", nameof(from));
        }

        using DisposeScope scope = NewDisposeScope();
        FactoredMatrix writing = weights.OvCircuit(from);
        FactoredMatrix reading = kind switch
        {
            CompositionKind.Query => weights.QkCircuit(into),
            CompositionKind.Key => weights.QkCircuit(into).Transposed(),
            _ => weights.OvCircuit(into),
        };
        return writing.Times(reading).Norm().item<double>() / (writing.Norm().item<double>() * reading.Norm().item<double>());
    }

    private static HeadTable Table(ModelWeights weights, Head into, CompositionKind kind)
    {
        HeadCircuits.Require(weights, into);
        if (into.Layer == 0)
        {
            throw new ArgumentException($"Head {into} is in the first layer: nothing composes into it.", nameof(into));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor reader = Readers(weights, into.Layer, kind).narrow(0, into.Index, 1);
        return new HeadTable($"{kind.ToString()[0]}-composition into {into}", Enumerable.Range(0, into.Layer).SelectMany(layer =>
        {
            using DisposeScope step = NewDisposeScope();
            double[] scores = Norms(Writers(weights.OvCircuits(layer)), reader).contiguous().data<double>().ToArray();
            return scores.Select((score, index) => KeyValuePair.Create(new Head(layer, index), score));
        }));
    }
}
