using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>What one head's attention pattern looks like: one number per prompt. All heads are measured in one pass, see <see cref="AttentionSummary"/>.</summary>
public static class AttentionSummaryMetrics
{
    /// <summary>Mean entropy of the head's attention, in nats.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">Prompts of at least two tokens.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt AttentionEntropy(this HookedTransformer model, Head head, PromptSet prompts, params Intervention[] interventions) => AttentionSummary.Of(model, prompts, interventions).Entropy[head];

    /// <summary>How far back the head attends on average, in tokens.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">Prompts of at least two tokens.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt AttentionDistance(this HookedTransformer model, Head head, PromptSet prompts, params Intervention[] interventions) => AttentionSummary.Of(model, prompts, interventions).Distance[head];

    /// <summary>Mean attention to the first token (BOS), from the second on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">Prompts of at least two tokens.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt FirstTokenScore(this HookedTransformer model, Head head, PromptSet prompts, params Intervention[] interventions) => AttentionSummary.Of(model, prompts, interventions).FirstToken[head];

    /// <summary>Mean attention of each token to itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">Prompts of at least two tokens.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt CurrentTokenScore(this HookedTransformer model, Head head, PromptSet prompts, params Intervention[] interventions) => AttentionSummary.Of(model, prompts, interventions).CurrentToken[head];

    /// <summary>Mean of the largest attention probability of each query, from the second on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">Prompts of at least two tokens.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt LargestAttention(this HookedTransformer model, Head head, PromptSet prompts, params Intervention[] interventions) => AttentionSummary.Of(model, prompts, interventions).LargestAfterFirst[head];
}
