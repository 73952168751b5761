using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Discovery;

/// <summary>What every source of the edge graph writes: hook_embed, hook_result by head, hook_mlp_out.</summary>
internal static class SourceActivations
{
    /// <summary>Of one of the two twins of a batch, from the unchanged model; remembered by it.</summary>
    /// <returns>[source, batch, pos, d_model], owned by the model's memory.</returns>
    public static Tensor Of(HookedTransformer model, CircuitGraph graph, PromptBatch batch, PromptSide side) => model.Memo.GetOrAdd(
        $"sources|{side}|{batch.Source.Hash}|{string.Join(',', batch.Indices)}",
        () =>
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable mode = no_grad();
            var kept = new Tensor[graph.Sources.Length];
            model.RunPristine(
                ReferenceActivations.TokensOf(side, batch),
                new ForwardOptions { StopAtLayer = graph.Layers },
                Hooks(graph, Enumerable.Range(0, kept.Length), (source, activation) => kept[source] = activation.clone().DetachFromDisposeScope()));
            foreach (Tensor activation in kept)
            {
                scope.Attach(activation);
            }

            return stack(kept).DetachFromDisposeScope();
        },
        sources => sources.numel() * sizeof(float));

    /// <summary>The mean over a set of prompts.</summary>
    /// <returns>[source, 1, pos or 1, d_model], for prompts of a length.</returns>
    public static Tensor Mean(HookedTransformer model, CircuitGraph graph, PromptSet reference, MeanOver over, int length)
    {
        using DisposeScope scope = NewDisposeScope();
        return stack(graph.Sources.Select(node =>
        {
            Tensor mean = ReferenceActivations.Mean(model, PointOf(node), over, reference);
            Tensor ofNode = node.Kind == CircuitNodeKind.Head ? mean.select(2, node.Index) : mean;
            return over == MeanOver.AllPositions ? ofNode
                : ofNode.shape[1] >= length ? ofNode.narrow(1, 0, length)
                : throw new InvalidOperationException($"A mean at each position of {length} needs reference prompts of that length; those of '{reference.Family}' have at most {ofNode.shape[1]} tokens.");
        }).ToArray()).MoveToOuterDisposeScope();
    }

    /// <summary>Hooks that look at what sources write.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="sources">Which.</param>
    /// <param name="look">Called with the source and [batch, pos, d_model].</param>
    public static IReadOnlyList<ForwardHook> Hooks(CircuitGraph graph, IEnumerable<int> sources, Action<int, Tensor> look) =>
    [
        .. sources.GroupBy(source => PointOf(graph.Sources[source])).Select(group => ForwardHook.Observing(group.Key, activation =>
        {
            foreach (int source in group)
            {
                CircuitNode node = graph.Sources[source];
                look(source, node.Kind == CircuitNodeKind.Head ? activation.select(2, node.Index) : activation);
            }
        })),
    ];

    /// <summary>Where a source writes.</summary>
    public static HookPoint PointOf(CircuitNode node) => node.Kind switch
    {
        CircuitNodeKind.Input => Hook.Embed,
        CircuitNodeKind.Head => Hook.Result(node.Layer),
        CircuitNodeKind.Mlp => Hook.MlpOut(node.Layer),
        _ => throw new InvalidOperationException("The logits write nothing."),
    };

    /// <summary>Where an input reads.</summary>
    public static HookPoint PointOf(CircuitInput input) => input.Kind switch
    {
        CircuitInputKind.Queries => Hook.QInput(input.Layer),
        CircuitInputKind.Keys => Hook.KInput(input.Layer),
        CircuitInputKind.Values => Hook.VInput(input.Layer),
        CircuitInputKind.Mlp => Hook.MlpIn(input.Layer),
        _ => Hook.ResidPost(input.Layer),
    };
}
