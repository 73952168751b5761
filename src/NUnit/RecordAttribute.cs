using CircuitSpecs.Claims;
using CircuitSpecs.Components;

namespace CircuitSpecs;

/// <summary>What is known about a claim on one model: one test case. Use <see cref="HoldsOnAttribute"/> or <see cref="FailsOnAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public abstract class RecordAttribute : Attribute
{
    private protected RecordAttribute(string model, Expectation expectation)
    {
        Model = model;
        Expectation = expectation;
    }

    /// <summary>The model's name: a folder in the search path, or <c>org/name</c> on the Hugging Face hub.</summary>
    public string Model { get; }

    /// <summary>Whether the claim holds or fails there.</summary>
    public Expectation Expectation { get; }

    /// <summary>The head that the claim is about there, <c>layer.head</c>: <c>4.11</c>.</summary>
    public string? Head { get; init; }

    /// <summary>Several heads that the claim takes together: <c>3.0 3.2</c>.</summary>
    public string? Heads { get; init; }

    /// <summary>The layer of the MLP that the claim is about; −1 where it is about none.</summary>
    public int Mlp { get; init; } = -1;

    /// <summary>The layer whose attention the claim is about; −1 where it is about none.</summary>
    public int Attention { get; init; } = -1;

    /// <summary>The neuron that the claim is about, <c>layer.neuron</c>.</summary>
    public string? Neuron { get; init; }

    /// <summary>Why, in a sentence that a reader learns from. Shown with the result.</summary>
    public string Because { get; init; } = "";

    /// <summary>The component that the attribute names.</summary>
    /// <exception cref="FormatException">More than one is named, or one is not spelled as it should be.</exception>
    internal Component? Component()
    {
        Component[] named =
        [
            .. Head is null ? [] : new[] { Components.Head.Parse(Head) },
            .. Heads is null ? [] : new[] { HeadSet.Parse(Heads) },
            .. Mlp < 0 ? [] : new[] { new Mlp(Mlp) },
            .. Attention < 0 ? [] : new[] { new AttentionLayer(Attention) },
            .. Neuron is null ? [] : new[] { NeuronFrom(Components.Head.Parse(Neuron)) },
        ];
        return named.Length <= 1
            ? named.FirstOrDefault()
            : throw new FormatException($"The record for '{Model}' names {named.Length} components ({string.Join(", ", named.Select(component => component.Label))}); a claim is about one.");
    }

    private static Neuron NeuronFrom(Head address) => new(address.Layer, address.Index);
}
