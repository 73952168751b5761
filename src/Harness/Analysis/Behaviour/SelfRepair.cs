using System.Collections.Immutable;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Self-repair: how much of what an ablated component wrote directly towards the answer later layers make up for
/// (McGrath et al. 2023, "The Hydra Effect", arXiv 2307.15771: compensation = direct less total effect; Rushing and Nanda
/// 2024, "Explorations of Self-Repair", arXiv 2402.15390: Δlogit − ΔDE). All in logits of the logit difference, per prompt.
/// </summary>
public sealed class SelfRepair
{
    private readonly ImmutableDictionary<string, PerPrompt> parts;

    private SelfRepair(PerPrompt directEffect, PerPrompt directLoss, PerPrompt totalEffect, PerPrompt byFinalNorm, ImmutableArray<string> labels, ImmutableDictionary<string, PerPrompt> parts)
    {
        DirectEffect = directEffect;
        DirectLoss = directLoss;
        TotalEffect = totalEffect;
        ByFinalNorm = byFinalNorm;
        Labels = labels;
        this.parts = parts;
    }

    /// <summary>What the component writes directly in the unchanged model, DE; see <see cref="DirectLogitAttribution"/>.</summary>
    public PerPrompt DirectEffect { get; }

    /// <summary>DE less what stands in the component's place when it is ablated, both under the unchanged model's final norm: what the ablation takes away directly. Under a zero ablation this is DE.</summary>
    public PerPrompt DirectLoss { get; }

    /// <summary>The logit difference of the unchanged model less that of the ablated one: what the ablation takes away in the end.</summary>
    public PerPrompt TotalEffect { get; }

    /// <summary>Direct loss less total effect: positive where the rest of the model makes up for the component, negative where more is lost than it wrote itself.</summary>
    public PerPrompt Compensation => DirectLoss - TotalEffect;

    /// <summary>Compensation as a share of the direct loss, a ratio of means: 1 is complete repair.</summary>
    public PerPrompt Share => AnswerMetrics.Ratio(Compensation, DirectLoss, "the direct loss");

    /// <summary>The part of the compensation that comes from the final norm dividing by another scale.</summary>
    public PerPrompt ByFinalNorm { get; }

    /// <summary>The other components, as <see cref="DirectLogitAttribution.Labels"/> has them.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>The part of the compensation that another component makes by writing something else than in the unchanged model. All of these and <see cref="ByFinalNorm"/> sum to the compensation.</summary>
    /// <param name="label">One of <see cref="Labels"/>.</param>
    /// <exception cref="KeyNotFoundException">There is no such component, or it is the ablated one.</exception>
    public PerPrompt this[string label] => parts.TryGetValue(label, out PerPrompt? part)
        ? part
        : throw new KeyNotFoundException($"'{label}' is not among the components that could compensate: {string.Join(", ", Labels)}.");

    /// <summary>Measures the self-repair of a component under an ablation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="component">A head, a set of heads, an attention layer or an MLP.</param>
    /// <param name="prompts">Prompts with answers and foils.</param>
    /// <param name="ablation">
    /// The ablation of that component: a resample ablation in Rushing and Nanda, since zero takes the model to where it never is; null takes
    /// resample with seed 0. Of an attention layer ablate all heads, a <see cref="HeadSet"/>: what replaces the layer's output as a whole cannot be attributed to them.
    /// </param>
    /// <exception cref="InvalidOperationException">A prompt has no answer or foil.</exception>
    /// <exception cref="InvalidExperimentException">The ablation replaces something that the attribution does not count, so that parts no longer sum to the logit difference.</exception>
    public static SelfRepair Of(HookedTransformer model, Component component, PromptSet prompts, Intervention? ablation = null)
    {
        ArgumentNullException.ThrowIfNull(component);
        var clean = DirectLogitAttribution.Of(model, prompts);
        var ablated = DirectLogitAttribution.Of(model, prompts, ablation ?? Ablate.Resample(Parts(component, model.Config), 0));
        PerPrompt scales = Zip(ablated.FinalScale, clean.FinalScale, (changed, unchanged) => changed / unchanged);

        // What the ablated model writes, read through the unchanged model's norm: only then do parts compare.
        PerPrompt Frozen(PerPrompt part) => Zip(part, scales, (value, scale) => value * scale);
        PerPrompt directLoss = clean[component] - Frozen(ablated[component]);
        ImmutableArray<string> labels = [.. clean.Labels.Except(Own(component, clean.Labels))];
        var parts = labels.ToImmutableDictionary(label => label, label => Frozen(ablated[label]) - clean[label]);
        PerPrompt totalEffect = clean.LogitDifference - ablated.LogitDifference;
        PerPrompt others = parts.Values.Aggregate((sum, part) => sum + part);
        return new SelfRepair(clean[component], directLoss, totalEffect, directLoss - totalEffect - others, labels, parts);
    }

    private static Component Parts(Component component, ModelConfig config) => component is AttentionLayer attention
        ? new HeadSet(Enumerable.Range(0, config.Heads).Select(index => new Head(attention.Layer, index)))
        : component;

    private static IEnumerable<string> Own(Component component, ImmutableArray<string> labels) => component switch
    {
        Head head => [$"L{head.Layer}H{head.Index}"],
        HeadSet set => set.Heads.Select(head => $"L{head.Layer}H{head.Index}"),
        Mlp mlp => [$"L{mlp.Layer}MLP"],
        AttentionLayer attention => labels.Where(label => label == $"L{attention.Layer}b_O" || label.StartsWith($"L{attention.Layer}H", StringComparison.Ordinal)),
        _ => throw new NotSupportedException($"The direct effect of a {component.Kind} is not defined here; take a head, heads, an attention layer or an MLP."),
    };

    private static PerPrompt Zip(PerPrompt left, PerPrompt right, Func<double, double, double> operation) => new(left.Numerators.Zip(right.Numerators, operation));
}
