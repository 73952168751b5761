using System.Globalization;
using CircuitSpecs.Components;

namespace CircuitSpecs.Discovery;

/// <summary>
/// A node of the edge graph (Hanna et al. 2024, EAP-IG's names): <c>input</c> writes the token embedding, <c>a4.h11</c> its result z W_O without b_O,
/// <c>m0</c> its mlp_out, and <c>logits</c> only reads. Position embeddings and b_O are no node's: they stay in the residual stream whatever is ablated.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Layer">Its layer; 0 for input and logits.</param>
/// <param name="Index">A head's index within its layer; otherwise 0.</param>
public sealed record CircuitNode(CircuitNodeKind Kind, int Layer, int Index)
{
    /// <summary>The token embedding.</summary>
    public static CircuitNode Input { get; } = new(CircuitNodeKind.Input, 0, 0);

    /// <summary>The end of the residual stream.</summary>
    public static CircuitNode Logits { get; } = new(CircuitNodeKind.Logits, 0, 0);

    /// <summary>EAP-IG's name: <c>input</c>, <c>a4.h11</c>, <c>m0</c> or <c>logits</c>.</summary>
    public string Name => Kind switch
    {
        CircuitNodeKind.Input => "input",
        CircuitNodeKind.Head => string.Create(CultureInfo.InvariantCulture, $"a{Layer}.h{Index}"),
        CircuitNodeKind.Mlp => string.Create(CultureInfo.InvariantCulture, $"m{Layer}"),
        _ => "logits",
    };

    /// <summary>The head or MLP that it stands for; null for input and logits.</summary>
    public Component? Component => Kind switch
    {
        CircuitNodeKind.Head => new Head(Layer, Index),
        CircuitNodeKind.Mlp => new Mlp(Layer),
        _ => null,
    };

    /// <summary>The node of a head or of an MLP.</summary>
    /// <param name="component">A <see cref="Components.Head"/> or an <see cref="Components.Mlp"/>.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static CircuitNode Of(Component component) => component switch
    {
        Head head => new CircuitNode(CircuitNodeKind.Head, head.Layer, head.Index),
        Mlp mlp => new CircuitNode(CircuitNodeKind.Mlp, mlp.Layer, 0),
        _ => throw new ArgumentException($"A {component?.Kind} is no node of the edge graph; its nodes are heads and MLPs.", nameof(component)),
    };

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
