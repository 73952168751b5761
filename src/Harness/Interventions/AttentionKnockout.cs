using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Attention knockout (Geva et al. 2023): the attention scores of chosen edges are set to −∞ before the softmax, so that
/// the query's attention goes to its other keys.
/// </summary>
public sealed class AttentionKnockout : Intervention
{
    private readonly Func<ModelConfig, IEnumerable<(int Layer, ImmutableArray<int> Heads)>> where;
    private readonly Func<PromptBatch, IEnumerable<(int Row, int Query, int Key)>> edges;

    private AttentionKnockout(string description, Func<ModelConfig, IEnumerable<(int Layer, ImmutableArray<int> Heads)>> where, Func<PromptBatch, IEnumerable<(int Row, int Query, int Key)>> edges)
    {
        Description = description;
        this.where = where;
        this.edges = edges;
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <summary>Cuts what a component's heads read at one position from another.</summary>
    /// <param name="component">A head, a set of heads, or an attention layer (all its heads).</param>
    /// <param name="from">The query: the position that reads.</param>
    /// <param name="to">The key: the position that is read.</param>
    /// <exception cref="NotSupportedException">The component has no attention.</exception>
    public static AttentionKnockout Of(Component component, Position from, Position to)
    {
        ArgumentNullException.ThrowIfNull(component);
        return new AttentionKnockout($"cut {from}→{to} in {component.Kind} {component.Label}", HeadsOf(component), Edges(from, to));
    }

    /// <summary>Cuts what all heads of some layers read at one position from another.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="from">The query: the position that reads.</param>
    /// <param name="to">The key: the position that is read.</param>
    public static AttentionKnockout Of(IEnumerable<int> layers, Position from, Position to)
    {
        ImmutableArray<int> chosen = [.. layers];
        return new AttentionKnockout($"cut {from}→{to} in layers {string.Join(", ", chosen)}", config => chosen.Select(layer => (layer, AllHeads(config))), Edges(from, to));
    }

    /// <summary>Cuts what all heads of all layers read at one position from another.</summary>
    /// <param name="from">The query: the position that reads.</param>
    /// <param name="to">The key: the position that is read.</param>
    public static AttentionKnockout Everywhere(Position from, Position to) =>
        new($"cut {from}→{to} in all layers", config => Enumerable.Range(0, config.Layers).Select(layer => (layer, AllHeads(config))), Edges(from, to));

    /// <summary>Cuts what a component's heads read at every position i from position i − offset, the previous token for offset 1.</summary>
    /// <param name="component">A head, a set of heads, or an attention layer (all its heads).</param>
    /// <param name="offset">How far back, at least 1.</param>
    /// <exception cref="NotSupportedException">The component has no attention.</exception>
    public static AttentionKnockout OfOffset(Component component, int offset)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, 1);
        return new AttentionKnockout(
            $"cut i→i−{offset} in {component.Kind} {component.Label}",
            HeadsOf(component),
            batch => from row in Enumerable.Range(0, batch.Count)
                     from query in Enumerable.Range(offset, Math.Max(batch.Length - offset, 0))
                     select (row, query, query - offset));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        return [.. where(model.Config).Select(place => new ForwardHook(Hook.AttnScores(place.Layer), (scores, _) => scores.masked_fill(Mask(batch, model.Config, place.Heads), double.NegativeInfinity)))];
    }

    private static ImmutableArray<int> AllHeads(ModelConfig config) => [.. Enumerable.Range(0, config.Heads)];

    private static Func<ModelConfig, IEnumerable<(int Layer, ImmutableArray<int> Heads)>> HeadsOf(Component component)
    {
        IEnumerable<(int, ImmutableArray<int>)> Exact(ModelConfig config, IEnumerable<Head> heads) => component.ExistsIn(config)
            ? heads.GroupBy(head => head.Layer).Select(layer => (layer.Key, layer.Select(head => head.Index).ToImmutableArray()))
            : throw new ArgumentException($"The model has no {component.Kind} {component.Label}: it has {config.Layers} layers of {config.Heads} heads.");
        return component switch
        {
            Head head => config => Exact(config, [head]),
            HeadSet set => config => Exact(config, set.Heads),
            AttentionLayer attention => config => Exact(config, Enumerable.Range(0, config.Heads).Select(head => new Head(attention.Layer, head))),
            _ => throw new NotSupportedException($"A {component.Kind} has no attention to cut."),
        };
    }

    private static Func<PromptBatch, IEnumerable<(int Row, int Query, int Key)>> Edges(Position from, Position to) => batch =>
    {
        ImmutableArray<int> queries = from.In(batch);
        ImmutableArray<int> keys = to.In(batch);
        int early = Enumerable.Range(0, batch.Count).FirstOrDefault(row => keys[row] > queries[row], -1);
        return early < 0
            ? Enumerable.Range(0, batch.Count).Select(row => (row, queries[row], keys[row]))
            : throw new ArgumentException($"'{batch.Prompts[early].Text}': position {from} ({queries[early]}) cannot read {to} ({keys[early]}), which comes later.");
    };

    private Tensor Mask(PromptBatch batch, ModelConfig config, ImmutableArray<int> heads)
    {
        long length = batch.Length;
        bool[] cut = new bool[batch.Count * config.Heads * length * length];
        foreach ((int row, int query, int key) in edges(batch))
        {
            foreach (int head in heads)
            {
                cut[(((((row * config.Heads) + head) * length) + query) * length) + key] = true;
            }
        }

        return tensor(cut, [batch.Count, config.Heads, length, length]);
    }
}
