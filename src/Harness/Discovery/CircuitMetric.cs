using CircuitSpecs.Analysis;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Discovery;

/// <summary>What a circuit has to keep: a differentiable number per prompt, read from the logits at the answer position.</summary>
public sealed class CircuitMetric
{
    private readonly Func<Tensor, Tensor, PromptBatch, Tensor> perPrompt;
    private readonly Action<PromptSet> require;

    /// <summary>Makes a metric.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="higherIsBetter">Whether the model does better where the metric is higher; the sign of edge scores follows from it.</param>
    /// <param name="perPrompt">From the logits at the answer position [prompt, d_vocab], those of the unchanged model on the clean prompts, and the prompts, to one number per prompt [prompt], by differentiable operations that keep prompts apart.</param>
    public CircuitMetric(string name, bool higherIsBetter, Func<Tensor, Tensor, PromptBatch, Tensor> perPrompt)
        : this(name, higherIsBetter, perPrompt, _ => { })
    {
    }

    private CircuitMetric(string name, bool higherIsBetter, Func<Tensor, Tensor, PromptBatch, Tensor> perPrompt, Action<PromptSet> require)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(perPrompt);
        Name = name;
        HigherIsBetter = higherIsBetter;
        this.perPrompt = perPrompt;
        this.require = require;
    }

    /// <summary>Logit of the answer minus logit of the foil.</summary>
    public static CircuitMetric LogitDifference { get; } = new(
        "logit difference",
        true,
        (logits, _, batch) => (logits.gather(1, Column(batch, prompt => prompt.Answer!.Value)) - logits.gather(1, Column(batch, prompt => prompt.Foil!.Value))).squeeze(1),
        prompts => AnswerMetrics.RequireAnswers(prompts, foils: true));

    /// <summary>Log of the answer's probability, in nats.</summary>
    public static CircuitMetric AnswerLogProbability { get; } = new(
        "log probability of the answer",
        true,
        (logits, _, batch) => logits.log_softmax(-1).gather(1, Column(batch, prompt => prompt.Answer!.Value)).squeeze(1),
        prompts => AnswerMetrics.RequireAnswers(prompts, foils: false));

    /// <summary>KL(unchanged ‖ changed), summed over the vocabulary, in nats. At the unchanged model its gradient is zero.</summary>
    public static CircuitMetric KlDivergence { get; } = new(
        "KL divergence",
        false,
        (logits, clean, _) =>
        {
            Tensor before = clean.log_softmax(-1);
            return (before.exp() * (before - logits.log_softmax(-1))).sum(-1);
        });

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether the model does better where the metric is higher.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <exception cref="InvalidOperationException">A prompt lacks what the metric needs.</exception>
    internal void Require(PromptSet prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        require(prompts);
    }

    /// <summary>The metric of each prompt, [prompt]; as a loss, so that more is worse, where asked for.</summary>
    internal Tensor Of(Tensor logits, Tensor clean, PromptBatch batch, bool asLoss = false)
    {
        Tensor values = perPrompt(logits, clean, batch);
        if (values.dim() != 1 || values.shape[0] != batch.Count)
        {
            throw new InvalidOperationException($"The metric '{Name}' gave [{string.Join(", ", values.shape)}] for {batch.Count} prompts; it has to give [{batch.Count}].");
        }

        return asLoss && HigherIsBetter ? -values : values;
    }

    private static Tensor Column(PromptBatch batch, Func<Prompt, int> token) => tensor(batch.Prompts.Select(prompt => (long)token(prompt)).ToArray(), [batch.Count, 1]);
}
