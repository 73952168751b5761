using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>One exactly known number per head, for example a weight norm or a composition score.</summary>
public sealed class HeadTable
{
    private readonly SortedDictionary<Head, double> values;

    /// <summary>Makes the table.</summary>
    /// <param name="name">What the numbers are, for messages: <c>K-composition into 5.5</c>.</param>
    /// <param name="values">One number per head; heads that the quantity is not defined for are left out.</param>
    /// <exception cref="ArgumentException">The table is empty.</exception>
    public HeadTable(string name, IEnumerable<KeyValuePair<Head, double>> values)
    {
        Name = name;
        this.values = new SortedDictionary<Head, double>(values.ToDictionary());
        if (this.values.Count == 0)
        {
            throw new ArgumentException($"The table '{name}' has no heads.", nameof(values));
        }
    }

    /// <summary>What the numbers are.</summary>
    public string Name { get; }

    /// <summary>The heads of the table, by layer and head.</summary>
    public IReadOnlyCollection<Head> Heads => values.Keys;

    /// <summary>A head's number.</summary>
    /// <param name="head">The head.</param>
    /// <exception cref="KeyNotFoundException">The quantity is not defined for this head, or the model does not have it.</exception>
    public double this[Head head] => values.TryGetValue(head, out double value)
        ? value
        : throw new KeyNotFoundException($"'{Name}' has no value for head {head}; it covers {values.Count} heads, {values.Keys.First()} to {values.Keys.Last()}.");

    /// <summary>The heads from the largest number to the smallest.</summary>
    public IReadOnlyList<KeyValuePair<Head, double>> Ranked() => [.. values.OrderByDescending(pair => pair.Value)];

    /// <summary>A table that is computed layer by layer.</summary>
    /// <param name="name">What the numbers are.</param>
    /// <param name="weights">The parameters that they come from.</param>
    /// <param name="ofLayer">The numbers of a layer's heads, [head], float64.</param>
    internal static HeadTable ByLayer(string name, ModelWeights weights, Func<int, Tensor> ofLayer)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new HeadTable(name, Enumerable.Range(0, weights.Config.Layers).SelectMany(layer =>
        {
            using DisposeScope scope = NewDisposeScope();
            double[] ofHeads = ofLayer(layer).contiguous().data<double>().ToArray();
            return ofHeads.Select((value, index) => KeyValuePair.Create(new Head(layer, index), value));
        }));
    }
}
