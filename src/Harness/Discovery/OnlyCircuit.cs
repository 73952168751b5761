using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Discovery;

/// <summary>
/// Runs the clean prompts on a circuit alone: edges outside of it carry another value, edges inside the present one. As an intervention, so that every
/// metric of the bench can be taken of a circuit.
/// </summary>
public sealed class OnlyCircuit : Intervention
{
    private readonly Circuit circuit;
    private readonly EdgeAblation outside;

    /// <summary>Makes the intervention.</summary>
    /// <param name="circuit">The circuit; as it stands, without pruning.</param>
    /// <param name="outside">What edges outside carry.</param>
    public OnlyCircuit(Circuit circuit, EdgeAblation outside)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(outside);
        this.circuit = circuit;
        this.outside = outside;
    }

    /// <inheritdoc/>
    public override string Description => $"circuit of {circuit.Count} of {circuit.Graph.Edges.Length} edges, others carry {outside}";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The circuit is one of a model of another shape.</exception>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        circuit.Graph.RequireFits(model.Config);
        CircuitBatches.RequireEdges(model);
        using IDisposable mode = no_grad();
        return new EdgeSurgery(circuit.Graph, outside.Of(model, circuit.Graph, batch), [circuit.Outside()]).Hooks();
    }
}
