using System.Collections.Immutable;
using CircuitSpecs.Components;

namespace CircuitSpecs.Analysis;

/// <summary>One exactly known number per neuron, for example the cosine of what it reads and what it writes.</summary>
public sealed class NeuronTable
{
    private readonly SortedDictionary<int, ImmutableArray<double>> byLayer;

    internal NeuronTable(string name, IEnumerable<KeyValuePair<int, double[]>> layers)
    {
        Name = name;
        byLayer = new SortedDictionary<int, ImmutableArray<double>>(layers.ToDictionary(layer => layer.Key, layer => layer.Value.ToImmutableArray()));
    }

    /// <summary>What the numbers are.</summary>
    public string Name { get; }

    /// <summary>The layers that the table covers.</summary>
    public IReadOnlyCollection<int> Layers => byLayer.Keys;

    /// <summary>A neuron's number.</summary>
    /// <param name="neuron">The neuron.</param>
    /// <exception cref="KeyNotFoundException">The table does not cover this neuron.</exception>
    public double this[Neuron neuron]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(neuron);
            ImmutableArray<double> layer = OfLayer(neuron.Layer);
            return neuron.Index >= 0 && neuron.Index < layer.Length
                ? layer[neuron.Index]
                : throw new KeyNotFoundException($"'{Name}' has no value for neuron {neuron}: layer {neuron.Layer} has {layer.Length} neurons.");
        }
    }

    /// <summary>The numbers of a layer's neurons.</summary>
    /// <param name="layer">The layer.</param>
    /// <exception cref="KeyNotFoundException">The table does not cover this layer.</exception>
    public ImmutableArray<double> OfLayer(int layer) => byLayer.TryGetValue(layer, out ImmutableArray<double> values)
        ? values
        : throw new KeyNotFoundException($"'{Name}' does not cover layer {layer}; it covers {string.Join(", ", byLayer.Keys)}.");

    /// <summary>The neurons with the smallest numbers, the smallest first.</summary>
    /// <param name="count">How many.</param>
    public IReadOnlyList<(Neuron Neuron, double Value)> Lowest(int count) => [.. All().OrderBy(pair => pair.Value).Take(count)];

    /// <summary>The neurons with the largest numbers, the largest first.</summary>
    /// <param name="count">How many.</param>
    public IReadOnlyList<(Neuron Neuron, double Value)> Highest(int count) => [.. All().OrderByDescending(pair => pair.Value).Take(count)];

    private IEnumerable<(Neuron Neuron, double Value)> All() => byLayer.SelectMany(layer => layer.Value.Select((value, index) => (new Neuron(layer.Key, index), value)));
}
