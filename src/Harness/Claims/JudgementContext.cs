using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>
/// What a claim is judged with: the component that it names, how to make the same claim for another one, and the fixed
/// numbers. Measurements of other components are kept, since the conditions and the specificity ask for the same ones.
/// </summary>
internal sealed class JudgementContext
{
    private readonly Func<Component, Claim>? claimFor;
    private readonly Dictionary<(Component, int), PerPrompt> measured = [];

    /// <summary>Makes the context.</summary>
    /// <param name="options">The fixed numbers.</param>
    /// <param name="seed">Derived from the claim's id, so that every run draws the same resamples.</param>
    /// <param name="model">The shape of the model that is judged.</param>
    /// <param name="component">The named component, if the claim names one.</param>
    /// <param name="claimFor">Makes the same claim about another component.</param>
    /// <param name="cancellation">Ends a sweep early.</param>
    public JudgementContext(
        JudgementOptions options, int seed, ModelConfig model, Component? component = null, Func<Component, Claim>? claimFor = null, CancellationToken cancellation = default)
    {
        Options = options;
        Seed = seed;
        Component = component;
        Model = model;
        Others = component is null ? [] : [.. component.PeersIn(model).Where(peer => !peer.Equals(component))];
        this.claimFor = claimFor;
        Cancellation = cancellation;
    }

    /// <summary>The fixed numbers.</summary>
    public JudgementOptions Options { get; }

    /// <summary>The seed of everything random in the judgement.</summary>
    public int Seed { get; }

    /// <summary>The shape of the model that is judged.</summary>
    public ModelConfig Model { get; }

    /// <summary>The component that the claim names.</summary>
    public Component? Component { get; }

    /// <summary>The others of its kind.</summary>
    public IReadOnlyList<Component> Others { get; }

    /// <summary>Ends a sweep early.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The same context for a claim that has found its component.</summary>
    /// <param name="found">The component.</param>
    public JudgementContext About(Component found) => new(Options, Seed, Model, found, claimFor, Cancellation);

    /// <summary>The same measurement for another component, on the same prompts.</summary>
    /// <param name="claim">The claim about the named component.</param>
    /// <param name="other">The other component.</param>
    /// <param name="arm">Which of the claim's ways of measuring.</param>
    /// <exception cref="InvalidExperimentException">The claim about the other component uses other prompts.</exception>
    public PerPrompt MeasureOther(MeasuredClaim claim, Component other, int arm = 0)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (measured.TryGetValue((other, arm), out PerPrompt? known))
        {
            return known;
        }

        PerPrompt result = claim.PeerMetric is { } metric
            ? claim.Checked(metric(claim.Prompts, other), other.Label)
            : MeasureRebuilt(claim, other, arm);
        return measured[(other, arm)] = result;
    }

    /// <summary>The same claim about another component, judged without sweeps of its own.</summary>
    /// <param name="other">The other component.</param>
    public Claim ClaimFor(Component other) => (claimFor ?? throw new InvalidExperimentException("This claim names no component, so there is none to put in its place."))(other);

    private PerPrompt MeasureRebuilt(MeasuredClaim claim, Component other, int arm)
    {
        if (ClaimFor(other) is not MeasuredClaim rebuilt || rebuilt.Prompts.Hash != claim.Prompts.Hash)
        {
            throw new InvalidExperimentException($"The claim about {other} is measured on other prompts than the claim about {Component}; make the prompts without looking at the component.");
        }

        return rebuilt.Measure(arm);
    }
}
