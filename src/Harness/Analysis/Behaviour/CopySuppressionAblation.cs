using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>
/// How much of a head's effect is copy suppression: it attends from where a token is predicted that stands in the context
/// already, and writes against that token (McDougall et al. 2023, "Copy Suppression", arXiv 2310.04625). The head's direct
/// effect is ablated in all but that, and what is left is compared with ablating all of it. The weights' side (ranks of
/// the diagonals of OV and QK) is <see cref="OvRanks"/>.
/// </summary>
public static class CopySuppressionAblation
{
    /// <summary>How many sources keep their part at each position unless said otherwise.</summary>
    public const int DefaultKeep = 10;

    /// <summary>
    /// The share of the head's effect that copy suppression explains: 1 − KL under <see cref="Preserving"/> over KL under
    /// <see cref="MeanAblation"/>, a ratio of means, KL(unchanged ‖ changed) as in <c>KlDivergence</c>. Prompts of text with
    /// scored positions measure it all along them.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompts">The prompts; means are over them.</param>
    /// <param name="keep">How many sources keep their part at each position.</param>
    public static PerPrompt CopySuppressionExplained(this HookedTransformer model, Head head, PromptSet prompts, int keep = DefaultKeep)
    {
        PerPrompt all = model.KlDivergence(prompts, MeanAblation(head));
        return AnswerMetrics.Ratio(all - model.KlDivergence(prompts, Preserving(head, keep)), all, $"the effect of ablating {head}");
    }

    /// <summary>
    /// Copy-suppression-preserving ablation. The head's output at position d is a sum of terms A[d, s] v_s W_O over sources s.
    /// Each term becomes its mean, the head's mean output over d + 1; and of the <paramref name="keep"/> sources whose tokens
    /// have the largest logits at d before the head's layer (logit lens), the term's deviation from it along the token's
    /// unembedding (with ln_final's weight and centring) is put back where it points against the token. In the paper each source
    /// also brings tokens of like meaning; here it is the token itself.
    /// </summary>
    /// <param name="head">The head.</param>
    /// <param name="keep">How many sources keep their part at each position.</param>
    /// <param name="reference">The prompts that means are over; null takes those that are run.</param>
    /// <returns>A change to the final residual stream only: other components do not see it.</returns>
    public static Intervention Preserving(Head head, int keep = DefaultKeep, PromptSet? reference = null)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        return new DirectHeadAblation(head, keep, reference);
    }

    /// <summary>Puts the head's mean output over all positions in place of its output, for the final residual stream only.</summary>
    /// <param name="head">The head.</param>
    /// <param name="reference">The prompts that the mean is over; null takes those that are run.</param>
    public static Intervention MeanAblation(Head head, PromptSet? reference = null)
    {
        ArgumentNullException.ThrowIfNull(head);
        return new DirectHeadAblation(head, 0, reference);
    }
}
