using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>What a component writes directly towards the answer: logits per prompt.</summary>
public static class AttributionMetrics
{
    /// <summary>A head's direct part of the logit difference, see <see cref="DirectLogitAttribution"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">Prompts with answers and foils.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt HeadDirectAttribution(this HookedTransformer model, Head head, PromptSet prompts, params Intervention[] interventions) =>
        DirectLogitAttribution.Of(model, prompts, interventions)[head];

    /// <summary>A component's direct part of the logit difference, see <see cref="DirectLogitAttribution"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="component">A head, a set of heads, an attention layer or an MLP.</param>
    /// <param name="prompts">Prompts with answers and foils.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt DirectAttribution(this HookedTransformer model, Component component, PromptSet prompts, params Intervention[] interventions) =>
        DirectLogitAttribution.Of(model, prompts, interventions)[component];
}
