using CircuitSpecs.Claims;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Discovery;

/// <summary>How well a circuit alone does what the model does, one number per prompt.</summary>
public static class CircuitEvaluation
{
    /// <summary>The metric of the circuit alone, pruned: every edge outside carries another value.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts, with corrupted twins where the ablation takes their values.</param>
    /// <param name="circuit">The circuit; an empty one gives the metric of a model of which nothing is left.</param>
    /// <param name="metric">What is measured; null takes the logit difference.</param>
    /// <param name="outside">What edges outside carry; null takes the corrupted prompts' values.</param>
    /// <exception cref="ArgumentException">The circuit is one of a model of another shape.</exception>
    public static PerPrompt CircuitPerformance(this HookedTransformer model, PromptSet prompts, Circuit circuit, CircuitMetric? metric = null, EdgeAblation? outside = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return new PerPrompt(Runs(model, prompts, circuit.Graph, metric, outside).Measure([circuit.Pruned().Outside()])[0]);
    }

    /// <summary>
    /// The share of the model's performance that the circuit alone keeps: (M(circuit) − M(∅))/(M(model) − M(∅)), a ratio of means, where M(∅) is the metric
    /// with every edge ablated (Hanna et al. 2024, arXiv 2403.17806, section 4; MIB, Mueller et al. 2025, arXiv 2504.13151). 1 is the whole model; more than
    /// 1 and less than 0 occur. The circuit is pruned first.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts, with corrupted twins where the ablation takes their values.</param>
    /// <param name="circuit">The circuit.</param>
    /// <param name="metric">What is measured; null takes the logit difference.</param>
    /// <param name="outside">What edges outside carry; null takes the corrupted prompts' values.</param>
    /// <exception cref="ArgumentException">The circuit is empty once it is pruned, or one of a model of another shape.</exception>
    /// <exception cref="InvalidExperimentException">The model does as well with every edge ablated as without.</exception>
    public static PerPrompt Faithfulness(this HookedTransformer model, PromptSet prompts, Circuit circuit, CircuitMetric? metric = null, EdgeAblation? outside = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        Circuit pruned = Required(circuit);
        double[][] values = Runs(model, prompts, circuit.Graph, metric, outside).Measure([pruned.Outside(), Circuit.Empty(circuit.Graph).Outside(), Circuit.Full(circuit.Graph).Outside()]);
        return Ratio(new PerPrompt(values[0]), new PerPrompt(values[1]), new PerPrompt(values[2]));
    }

    internal static PerPrompt Ratio(PerPrompt circuit, PerPrompt nothing, PerPrompt whole)
    {
        double scale = (whole - nothing).Value;
        return Math.Abs(scale) > 1e-6
            ? PerPrompt.RatioOfMeans(circuit - nothing, whole - nothing)
            : throw new InvalidExperimentException($"The scale is zero: the model's metric with every edge ablated differs by {scale:G3} from that of the whole model, so no share of it can be taken. Take other prompts, another metric or another ablation.");
    }

    internal static EdgeRuns Runs(HookedTransformer model, PromptSet prompts, CircuitGraph graph, CircuitMetric? metric, EdgeAblation? outside) =>
        new(model, graph, prompts, metric ?? CircuitMetric.LogitDifference, outside ?? EdgeAblation.Corrupt);

    /// <exception cref="ArgumentException">Nothing is left of the circuit.</exception>
    internal static Circuit Required(Circuit circuit)
    {
        Circuit pruned = circuit.Pruned();
        return !pruned.IsEmpty ? pruned : throw new ArgumentException(
            circuit.IsEmpty
                ? "The circuit is empty: there is nothing to judge. Select at least one edge."
                : $"No edge of the circuit lies on a path from the input to the logits: {circuit}. Select more edges, or select greedily from the logits (EdgeScores.Greedy).",
            nameof(circuit));
    }
}
