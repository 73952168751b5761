using System.Globalization;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Discovery;

/// <summary>What the edges outside of a circuit carry. The kind is always named, since it decides what a circuit has to explain (Miller et al. 2024, arXiv 2407.08734).</summary>
public sealed class EdgeAblation
{
    private readonly Func<HookedTransformer, CircuitGraph, PromptBatch, Tensor> values;

    private EdgeAblation(string description, bool needsTwins, Func<HookedTransformer, CircuitGraph, PromptBatch, Tensor> values)
    {
        Description = description;
        NeedsTwins = needsTwins;
        this.values = values;
    }

    /// <summary>What the source writes on the corrupted twin (patching, or resample ablation): a circuit explains what differs between the twins.</summary>
    public static EdgeAblation Corrupt { get; } = new("the corrupted prompts' values", true, (model, graph, batch) => SourceActivations.Of(model, graph, batch, PromptSide.Corrupt));

    /// <summary>Nothing.</summary>
    public static EdgeAblation Zero { get; } = new("zero", false, (model, graph, batch) => zeros(graph.Sources.Length, batch.Count, batch.Length, model.Config.DModel));

    /// <summary>What is done, in words.</summary>
    public string Description { get; }

    internal bool NeedsTwins { get; }

    /// <summary>What the source writes on average.</summary>
    /// <param name="over">Whether positions have means of their own.</param>
    /// <param name="reference">The prompts that the mean is over; null takes the prompts that are run.</param>
    public static EdgeAblation Mean(MeanOver over = MeanOver.EachPosition, PromptSet? reference = null)
    {
        string how = over == MeanOver.EachPosition ? "at each position" : "over all positions";
        string data = reference is null ? "over the prompts that are run" : string.Create(CultureInfo.InvariantCulture, $"over {reference.Count} prompts of {reference.Family} ({reference.Hash})");
        return new EdgeAblation(
            $"the mean {how} {data}",
            false,
            (model, graph, batch) => SourceActivations.Mean(model, graph, reference ?? batch.Source, over, batch.Length).expand(graph.Sources.Length, batch.Count, batch.Length, model.Config.DModel));
    }

    /// <summary>The description.</summary>
    public override string ToString() => Description;

    /// <summary>The first position at which a cut edge may carry anything else: with corrupted values the first at which the twins differ, since models are causal.</summary>
    internal int FirstPosition(PromptBatch batch) => !NeedsTwins ? 0 : batch.Prompts.Min(prompt =>
        prompt.Tokens.Zip(prompt.Corrupt!.Value).TakeWhile(pair => pair.First == pair.Second).Count());

    /// <summary>The values, [source, prompt, pos, d_model].</summary>
    internal Tensor Of(HookedTransformer model, CircuitGraph graph, PromptBatch batch) => values(model, graph, batch);
}
