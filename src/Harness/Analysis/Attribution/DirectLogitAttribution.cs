using System.Collections.Immutable;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// How much each component writes directly towards the answer: ((x − mean x)/scale · gain) · (W_U[:, answer] − W_U[:, foil])
/// for everything x that is added to the residual stream, at the answer position, with the scale that ln_final really had
/// (frozen) and its gain; RMSNorm does not subtract the mean. The parts and the constant (ln_final's shift and the difference of b_U)
/// sum to the logit difference, before the bound in models that bound their logits; that they do is checked whenever this is computed.
/// Labels: <c>embed</c>, <c>pos_embed</c> with learned positions, then layer by layer the heads <c>L0H0</c>, <c>L0b_O</c> and, where there
/// are MLPs, <c>L0MLP</c> (with b_out).
/// </summary>
public sealed class DirectLogitAttribution
{
    private readonly ImmutableDictionary<string, double[]> parts;

    private DirectLogitAttribution(ImmutableArray<string> labels, ImmutableDictionary<string, double[]> parts, double[] constant, double[] logitDifference, double[] finalScale)
    {
        Labels = labels;
        this.parts = parts;
        Constant = new PerPrompt(constant);
        LogitDifference = new PerPrompt(logitDifference);
        FinalScale = new PerPrompt(finalScale);
    }

    /// <summary>The components, in the order in which they write.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>What does not depend on the residual stream: ln_final's shift and the unembedding's bias, onto the direction.</summary>
    public PerPrompt Constant { get; }

    /// <summary>What the parts and the constant sum to, as the model computes it (before the bound of its logits, if it bounds them).</summary>
    public PerPrompt LogitDifference { get; }

    /// <summary>ln_final's scale, which everything is divided by: √(variance + ε) of the final residual stream under LayerNorm; 1 without norms.</summary>
    public PerPrompt FinalScale { get; }

    /// <summary>One component's part, in logits.</summary>
    /// <param name="label">One of <see cref="Labels"/>.</param>
    /// <exception cref="KeyNotFoundException">There is no such component.</exception>
    public PerPrompt this[string label] => parts.TryGetValue(label, out double[]? values)
        ? new PerPrompt(values)
        : throw new KeyNotFoundException($"'{label}' is not among the components: {string.Join(", ", Labels)}.");

    /// <summary>A head's or an MLP's part; of an attention layer or a set of heads the sum of its heads, the layer with b_O.</summary>
    /// <param name="component">The component.</param>
    /// <exception cref="NotSupportedException">Neurons: see <see cref="NeuronAttribution"/>.</exception>
    public PerPrompt this[Component component] => component switch
    {
        Head head => this[$"L{head.Layer}H{head.Index}"],
        Mlp mlp => this[$"L{mlp.Layer}MLP"],
        HeadSet set => set.Heads.Select(head => this[head]).Aggregate((sum, head) => sum + head),
        AttentionLayer attention => Labels.Where(label => label.StartsWith($"L{attention.Layer}H", StringComparison.Ordinal)).Select(label => this[label]).Aggregate(this[$"L{attention.Layer}b_O"], (sum, head) => sum + head),
        _ => throw new NotSupportedException($"A {component.Kind} has no part of its own here."),
    };

    /// <summary>Computes the attribution; once per model and prompt set, where there is no intervention.</summary>
    /// <param name="model">The model, with raw or folded weights.</param>
    /// <param name="prompts">Prompts with answers and foils.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidOperationException">A prompt has no answer or foil.</exception>
    /// <exception cref="InvalidExperimentException">The parts do not sum to the logit difference.</exception>
    public static DirectLogitAttribution Of(HookedTransformer model, PromptSet prompts, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        AnswerMetrics.RequireAnswers(prompts, foils: true);
        return PromptRuns.Remembered(model, prompts, interventions, "direct logit attribution", () => Measure(model, prompts, interventions), result => 8L * prompts.Count * (result.Labels.Length + 3));
    }

    private static DirectLogitAttribution Measure(HookedTransformer model, PromptSet prompts, Intervention[] interventions)
    {
        ModelConfig config = model.Config;
        ImmutableArray<string> labels = [.. FinalWrites.Labels(config)];
        var parts = labels.ToImmutableDictionary(label => label, _ => new double[prompts.Count]);
        double[] constant = new double[prompts.Count];
        double[] difference = new double[prompts.Count];
        double[] scale = new double[prompts.Count];
        FinalWrites? writes = null;
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            batch => new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) },
            batch => (writes = new FinalWrites(model, batch)).Hooks,
            (batch, logits) =>
            {
                float[] all = logits.data<float>().ToArray();
                int vocabulary = config.Vocabulary;
                for (int row = 0; row < batch.Count; row++)
                {
                    int index = batch.Indices[row];
                    Prompt prompt = batch.Prompts[row];
                    difference[index] = Uncapped(config, all[(row * vocabulary) + prompt.Answer!.Value]) - Uncapped(config, all[(row * vocabulary) + prompt.Foil!.Value]);
                    scale[index] = writes!.Scale(row);
                    constant[index] = writes.Constant(row);
                    foreach ((string label, double part) in writes.Parts(row))
                    {
                        parts[label][index] += part;
                    }
                }
            });
        RequireSum(model, prompts, parts, constant, difference);
        return new DirectLogitAttribution(labels, parts, constant, difference, scale);
    }

    /// <summary>A logit before the bound c·tanh(x/c), which is not linear.</summary>
    private static double Uncapped(ModelConfig config, double logit) => config.LogitSoftCap is double cap ? cap * Math.Atanh(logit / cap) : logit;

    /// <summary>The check of the library by itself: a component that was forgotten, or a norm that was applied wrongly, shows here.</summary>
    private static void RequireSum(HookedTransformer model, PromptSet prompts, ImmutableDictionary<string, double[]> parts, double[] constant, double[] difference)
    {
        for (int i = 0; i < prompts.Count; i++)
        {
            double sum = constant[i] + parts.Values.Sum(part => part[i]);
            double tolerance = 1e-3 + (1e-5 * parts.Values.Sum(part => Math.Abs(part[i])));
            if (!(Math.Abs(sum - difference[i]) <= tolerance))
            {
                throw new InvalidExperimentException($"Direct logit attribution of '{prompts.Prompts[i].Text}' in '{model.Name}': the parts sum to {sum:G7}, the logit difference is {difference[i]:G7} (tolerance {tolerance:G2}). An intervention on ln_final, or an activation that is written to the residual stream and not counted.");
            }
        }
    }
}
