using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>
/// A statement about a model that can be judged: a measurement and where its value has to lie. A claim is made by a
/// pure function of a model (and of the component it names), so that the runner can make it again for every other
/// component and for null models, and compare.
/// </summary>
public abstract class Claim
{
    private protected Claim()
    {
    }

    /// <summary>A claim about a metric over prompts. Say next where it has to lie: <c>.IsAtLeast(0.8)</c>.</summary>
    /// <param name="prompts">What is measured on; prompts that a component was searched with do not fit here.</param>
    /// <param name="metric">One number per prompt.</param>
    public static MeasuredClaim That(EvaluationSet prompts, Func<EvaluationSet, PerPrompt> metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return new MeasuredClaim(prompts, [new MeasurementArm("", metric)]);
    }

    /// <summary>
    /// A claim of necessity or effect that is judged under several kinds of ablation, which must agree: supported when all
    /// support it, refuted when all refute it, otherwise inconclusive. The reported number is the one closest to failing.
    /// </summary>
    /// <param name="ablations">The kinds, each with a name: mean and resample are the usual pair.</param>
    /// <param name="prompts">What is measured on.</param>
    /// <param name="metric">One number per prompt, given the kind of ablation.</param>
    /// <typeparam name="TAblation">How a kind of ablation is expressed.</typeparam>
    public static MeasuredClaim ThatUnder<TAblation>(
        IEnumerable<KeyValuePair<string, TAblation>> ablations, EvaluationSet prompts, Func<EvaluationSet, TAblation, PerPrompt> metric)
    {
        ArgumentNullException.ThrowIfNull(ablations);
        ArgumentNullException.ThrowIfNull(metric);
        return new MeasuredClaim(prompts, [.. ablations.Select(kind => new MeasurementArm(kind.Key, set => metric(set, kind.Value)))]);
    }

    /// <summary>A claim about one number that is known exactly, such as a statement about weights.</summary>
    /// <param name="value">The number.</param>
    public static ExactClaim Exactly(double value) => new(value);

    /// <summary>A claim about which head stands out in a table of exactly known numbers, such as composition scores.</summary>
    /// <param name="table">One number per head.</param>
    public static TableClaim Exactly(HeadTable table) => new(table);

    /// <summary>
    /// A claim whose head has to be found first. The search sees only a <see cref="DiscoverySet"/>; what it finds is
    /// judged on an <see cref="EvaluationSet"/> with <see cref="HeadSearch.ThenJudge"/>.
    /// </summary>
    /// <param name="prompts">What is searched with.</param>
    /// <param name="metric">One number per prompt for a head; the head with the largest mean is the find.</param>
    public static HeadSearch Find(DiscoverySet prompts, Func<PromptSet, Head, PerPrompt> metric) => new(prompts, metric);

    /// <summary>Measures and decides.</summary>
    /// <param name="context">Seeds, peers, cancellation.</param>
    internal abstract Judgement Judge(JudgementContext context);
}
