using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>A search for the head with the largest metric, on prompts that nothing is judged on.</summary>
public sealed class HeadSearch
{
    private readonly DiscoverySet discovery;
    private readonly Func<PromptSet, Head, PerPrompt> metric;

    internal HeadSearch(DiscoverySet discovery, Func<PromptSet, Head, PerPrompt> metric)
    {
        ArgumentNullException.ThrowIfNull(discovery);
        ArgumentNullException.ThrowIfNull(metric);
        this.discovery = discovery;
        this.metric = metric;
    }

    /// <summary>Judges the head that the search finds, on other prompts.</summary>
    /// <param name="prompts">What the found head is judged on.</param>
    /// <exception cref="ArgumentException">The prompts are those of the search.</exception>
    public MeasuredClaim ThenJudge(EvaluationSet prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Hash == discovery.Hash)
        {
            throw new ArgumentException($"Family '{prompts.Family}' gave the same prompts for discovery and evaluation; use another seed.", nameof(prompts));
        }

        Head? found = null;
        return new MeasuredClaim(prompts, [new MeasurementArm("", set => metric(set, found!))])
        {
            PeerMetric = (set, other) => metric(set, (Head)other),
            Search = context => found = Head.AllIn(context.Model).MaxBy(head =>
            {
                context.Cancellation.ThrowIfCancellationRequested();
                return metric(discovery, head).Value;
            })!,
        };
    }
}
