using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>Where one head attends: a probability per prompt. All heads are measured in one pass, so a sweep over heads costs one.</summary>
public static class AttentionMetrics
{
    /// <summary>Mean attention to the previous token, see <see cref="AttentionScores.PreviousToken"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt PreviousTokenScore(this HookedTransformer model, Head head, PromptSet prompts, params Intervention[] interventions) =>
        AttentionScores.PreviousToken(model, prompts, interventions)[head];

    /// <summary>Mean attention from a second copy to the same token of the first (i → i − L), see <see cref="AttentionScores.DuplicateToken"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">Prompts that end with a sequence of L tokens twice.</param>
    /// <param name="length">L; null finds it in each prompt.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt DuplicateTokenScore(this HookedTransformer model, Head head, PromptSet prompts, int? length = null, params Intervention[] interventions) =>
        AttentionScores.DuplicateToken(model, prompts, length, interventions)[head];

    /// <summary>Mean attention from a second copy to what followed the token in the first (i → i − (L − 1)), see <see cref="AttentionScores.Induction"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">Prompts that end with a sequence of L tokens twice.</param>
    /// <param name="length">L; null finds it in each prompt.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt InductionScore(this HookedTransformer model, Head head, PromptSet prompts, int? length = null, params Intervention[] interventions) =>
        AttentionScores.Induction(model, prompts, length, interventions)[head];

    /// <summary>Attention from one position to another, by index or by name (<c>END</c>, <c>S2</c>).</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="from">The query.</param>
    /// <param name="to">The key.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static PerPrompt AttentionTo(this HookedTransformer model, Head head, PromptSet prompts, Position from, Position to, params Intervention[] interventions) =>
        AttentionScores.Attention(model, prompts, from, to, interventions)[head];
}
