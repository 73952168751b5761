using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Analysis;

/// <summary>Composition scores of all pairs of heads, the first in an earlier layer than the second. See <see cref="Composition"/>.</summary>
public sealed class CompositionScores
{
    private readonly ModelConfig config;
    private readonly double[,] scores;

    internal CompositionScores(CompositionKind kind, ModelConfig config, double[,] scores)
    {
        Kind = kind;
        this.config = config;
        this.scores = scores;
    }

    /// <summary>What the later head reads with.</summary>
    public CompositionKind Kind { get; }

    /// <summary>The score of a pair.</summary>
    /// <param name="from">The earlier head.</param>
    /// <param name="into">The later head.</param>
    /// <exception cref="ArgumentException">The first head is not in an earlier layer, or a head does not exist.</exception>
    public double this[Head from, Head into]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(from);
            ArgumentNullException.ThrowIfNull(into);
            return from.ExistsIn(config) && into.ExistsIn(config) && from.Layer < into.Layer
                ? scores[Row(from), Row(into)]
                : throw new ArgumentException($"There is no {Kind} composition of {from} into {into}: the model has {config.Layers} layers of {config.Heads} heads, and the first has to be in an earlier layer.");
        }
    }

    /// <summary>The scores of all earlier heads into one.</summary>
    /// <param name="head">The later head.</param>
    /// <exception cref="ArgumentException">The head is in the first layer, or does not exist.</exception>
    public HeadTable Into(Head head) => Table($"{Kind.ToString()[0]}-composition into {head}", head, Head.AllIn(config).Where(other => other.Layer < head.Layer), other => this[other, head]);

    /// <summary>The scores of one head into all later ones.</summary>
    /// <param name="head">The earlier head.</param>
    /// <exception cref="ArgumentException">The head is in the last layer, or does not exist.</exception>
    public HeadTable From(Head head) => Table($"{Kind.ToString()[0]}-composition of {head}", head, Head.AllIn(config).Where(other => other.Layer > head.Layer), other => this[head, other]);

    /// <summary>The pairs with their scores, the largest first.</summary>
    public IReadOnlyList<(Head From, Head Into, double Score)> Ranked() =>
        [.. (from first in Head.AllIn(config) from second in Head.AllIn(config) where first.Layer < second.Layer select (first, second, this[first, second])).OrderByDescending(pair => pair.Item3)];

    /// <summary>The scores minus what random matrices of the same shape have: see <see cref="CompositionBaseline"/>.</summary>
    /// <param name="baseline">The mean score of random matrices.</param>
    public CompositionScores Minus(double baseline)
    {
        double[,] above = new double[scores.GetLength(0), scores.GetLength(1)];
        foreach ((Head from, Head into, double score) in Ranked())
        {
            above[Row(from), Row(into)] = score - baseline;
        }

        return new CompositionScores(Kind, config, above);
    }

    private HeadTable Table(string name, Head head, IEnumerable<Head> others, Func<Head, double> score)
    {
        ArgumentNullException.ThrowIfNull(head);
        Head[] covered = [.. others];
        return head.ExistsIn(config) && covered.Length > 0
            ? new HeadTable(name, covered.Select(other => KeyValuePair.Create(other, score(other))))
            : throw new ArgumentException($"No head composes with {head} here: the model has {config.Layers} layers of {config.Heads} heads.", nameof(head));
    }

    private int Row(Head head) => (head.Layer * config.Heads) + head.Index;
}
