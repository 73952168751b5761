using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Analysis;

/// <summary>A score of every head on every prompt, measured in one pass.</summary>
public sealed class HeadScoreTable
{
    private readonly ModelConfig config;
    private readonly double[][] scores;

    internal HeadScoreTable(string name, ModelConfig config, double[][] scores)
    {
        Name = name;
        this.config = config;
        this.scores = scores;
    }

    /// <summary>What the score is.</summary>
    public string Name { get; }

    /// <summary>One head's scores, a number per prompt.</summary>
    /// <param name="head">The head.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public PerPrompt this[Head head]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(head);
            return head.ExistsIn(config)
                ? new PerPrompt(scores[(head.Layer * config.Heads) + head.Index])
                : throw new ArgumentException($"The model has no head {head}: it has {config.Layers} layers of {config.Heads} heads.", nameof(head));
        }
    }

    /// <summary>The means over prompts, [layer, head].</summary>
    public double[,] Means()
    {
        double[,] means = new double[config.Layers, config.Heads];
        foreach (Head head in Head.AllIn(config))
        {
            means[head.Layer, head.Index] = this[head].Value;
        }

        return means;
    }

    /// <summary>The heads with their means, the largest first.</summary>
    public IReadOnlyList<(Head Head, double Mean)> Ranked() => [.. Head.AllIn(config).Select(head => (head, this[head].Value)).OrderByDescending(pair => pair.Value)];
}
