using CircuitSpecs.Prompts;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>
/// What a sweep reads at the answer position of every patched prompt. Where answer and foil suffice, only their columns of the unembedding are used; other
/// metrics take all logits.
/// </summary>
public sealed class SweepMetric
{
    private readonly AnswerFunction function;

    private SweepMetric(string name, bool needsAnswer, bool needsFoil, bool readsColumns, AnswerFunction function)
    {
        Name = name;
        NeedsAnswer = needsAnswer;
        NeedsFoil = needsFoil;
        ReadsColumns = readsColumns;
        this.function = function;
    }

    /// <summary>Logit of the answer minus logit of the foil.</summary>
    public static SweepMetric LogitDifference { get; } = new("logit difference", true, true, true, (prompt, logits) => logits[prompt.Answer!.Value] - (double)logits[prompt.Foil!.Value]);

    /// <summary>Logit of the answer.</summary>
    public static SweepMetric AnswerLogit { get; } = new("logit of the answer", true, false, true, (prompt, logits) => logits[prompt.Answer!.Value]);

    /// <summary>Log of the answer's probability, in nats.</summary>
    public static SweepMetric AnswerLogProbability { get; } = new("log probability of the answer", true, false, false, LogProbability);

    /// <summary>The answer's probability.</summary>
    public static SweepMetric AnswerProbability { get; } = new("probability of the answer", true, false, false, (prompt, logits) => Math.Exp(LogProbability(prompt, logits)));

    /// <summary>Cross-entropy of the answer, in nats.</summary>
    public static SweepMetric AnswerLoss { get; } = new("loss at the answer", true, false, false, (prompt, logits) => -LogProbability(prompt, logits));

    /// <summary>What is measured, for tables.</summary>
    public string Name { get; }

    internal bool NeedsAnswer { get; }

    internal bool NeedsFoil { get; }

    /// <summary>Whether the metric is the answer's logit, less the foil's if it needs one.</summary>
    internal bool ReadsColumns { get; }

    /// <summary>Any function of the logits at the answer position.</summary>
    /// <param name="name">What it measures, for tables.</param>
    /// <param name="function">The function.</param>
    public static SweepMetric Of(string name, AnswerFunction function)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        return new SweepMetric(name, false, false, false, function);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal double Read(Prompt prompt, ReadOnlySpan<float> logits) => function(prompt, logits);

    private static double LogProbability(Prompt prompt, ReadOnlySpan<float> logits)
    {
        double top = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            top = Math.Max(top, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - top);
        }

        return logits[prompt.Answer!.Value] - top - Math.Log(sum);
    }
}
