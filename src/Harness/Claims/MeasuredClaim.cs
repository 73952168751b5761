using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Claims.Conditions;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Claims;

/// <summary>A claim about a metric over prompts.</summary>
public sealed class MeasuredClaim : Claim
{
    private readonly ImmutableArray<MeasurementArm> arms;
    private readonly List<Condition> conditions = [];
    private readonly List<SnapshotRequest> snapshots = [];
    private readonly Dictionary<string, PerPrompt> measured = [];

    internal MeasuredClaim(EvaluationSet prompts, ImmutableArray<MeasurementArm> arms)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (arms.IsEmpty)
        {
            throw new ArgumentException("A claim needs at least one kind of ablation to be judged under.", nameof(arms));
        }

        if (arms.GroupBy(arm => arm.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two kinds of ablation have the name '{twice.Key}'; their measurements could not be told apart.", nameof(arms));
        }

        Prompts = prompts;
        this.arms = arms;
    }

    /// <summary>What the claim is measured on.</summary>
    public EvaluationSet Prompts { get; }

    /// <summary>The unit of the measured value, for messages.</summary>
    internal string Unit { get; private set; } = "";

    /// <summary>Something that does matter by the same measurement; claims of equivalence need one.</summary>
    internal MeasurementArm? PositiveControl { get; private set; }

    /// <summary>How to measure another component, where that needs no rebuilding of the claim.</summary>
    internal Func<EvaluationSet, Component, PerPrompt>? PeerMetric { get; init; }

    /// <summary>Finds the component that the claim is about, before anything is measured; null for claims that do not search.</summary>
    internal Func<JudgementContext, Component>? Search { get; init; }

    /// <summary>The value is at least this: supported when the whole interval is.</summary>
    /// <param name="bound">The threshold, in the metric's unit.</param>
    public MeasuredClaim IsAtLeast(double bound) => With(new ThresholdCondition(bound, atLeast: true));

    /// <summary>The value is at most this: supported when the whole interval is.</summary>
    /// <param name="bound">The threshold, in the metric's unit.</param>
    public MeasuredClaim IsAtMost(double bound) => With(new ThresholdCondition(bound, atLeast: false));

    /// <summary>
    /// The value equals a number within ±δ: an equivalence test (TOST, the 90 % interval inside the band), with a positive
    /// control in place of null models: another component of the kind, or <see cref="WithPositiveControl"/>, has to lie
    /// clearly outside the band on the same prompts.
    /// </summary>
    /// <param name="target">The number, in the metric's unit.</param>
    /// <param name="within">δ, the largest difference that does not matter.</param>
    public MeasuredClaim IsEquivalentTo(double target, double within) => With(new EquivalenceCondition(target, within));

    /// <summary>The named head's value exceeds every other head's, paired over prompts.</summary>
    /// <param name="by">The least margin.</param>
    public MeasuredClaim ExceedsEveryOtherHead(double by = 0) => With(new ExceedsPeersCondition("head", by));

    /// <summary>The named MLP's value exceeds every other MLP's, paired over prompts.</summary>
    /// <param name="by">The least margin.</param>
    public MeasuredClaim ExceedsEveryOtherMlp(double by = 0) => With(new ExceedsPeersCondition("mlp", by));

    /// <summary>What the same measurement gives for something that does matter.</summary>
    /// <param name="name">What it is, for the message.</param>
    /// <param name="metric">One number per prompt.</param>
    public MeasuredClaim WithPositiveControl(string name, Func<EvaluationSet, PerPrompt> metric)
    {
        PositiveControl = new MeasurementArm(name, metric);
        return this;
    }

    /// <summary>Names the unit of the value: <c>logits</c>, <c>nats</c>, <c>attention probability</c>.</summary>
    /// <param name="unit">The unit.</param>
    public MeasuredClaim In(string unit)
    {
        Unit = unit;
        return this;
    }

    /// <summary>Compares the measured value with a snapshot too, so that a change inside the threshold is seen.</summary>
    public MeasuredClaim MatchesSnapshot()
    {
        snapshots.Add(SnapshotRequest.OfValue);
        return this;
    }

    /// <summary>Compares a table or pattern with a snapshot too.</summary>
    /// <param name="snapshot">What to compare; made only when the claim is judged on the model it is recorded for.</param>
    public MeasuredClaim MatchesSnapshot(SnapshotRequest snapshot)
    {
        snapshots.Add(snapshot);
        return this;
    }

    /// <summary>The measurement, under the first kind of ablation unless said otherwise.</summary>
    /// <param name="arm">Which kind of ablation.</param>
    /// <exception cref="InvalidExperimentException">A value is NaN, or the metric gave another number of values than there are prompts.</exception>
    internal PerPrompt Measure(int arm = 0)
    {
        if (!measured.TryGetValue(arms[arm].Name, out PerPrompt? samples))
        {
            samples = Checked(arms[arm].Metric(Prompts), arms[arm].Name);
            measured[arms[arm].Name] = samples;
        }

        return samples;
    }

    /// <inheritdoc/>
    internal override Judgement Judge(JudgementContext context)
    {
        if (conditions.Count == 0)
        {
            throw new InvalidExperimentException("The claim says nothing yet: end it with IsAtLeast, IsAtMost, IsEquivalentTo or ExceedsEveryOther….");
        }

        if (Prompts.Count < context.Options.MinimumPrompts)
        {
            throw new InvalidExperimentException($"{Prompts.Count} prompts of family '{Prompts.Family}' are too few for an interval; use at least {context.Options.MinimumPrompts}.");
        }

        if (Search is not null)
        {
            context = context.About(Search(context));
        }

        (ConditionResult Result, int Arm)[] judged = [.. conditions.Select(condition => UnderEveryArm(condition, context))];
        ImmutableArray<ConditionResult> results = [.. judged.Select(pair => pair.Result)];
        int reported = judged[0].Arm;
        return new Judgement
        {
            Verdict = Judgement.Join(results),
            Primary = results[0],
            Conditions = results,
            Samples = Measure(reported),
            Prompts = Prompts,
            Unit = Unit,
            Specificity = conditions[0] is EquivalenceCondition ? null : SpecificityOf(context),
            Snapshots = [.. snapshots],
            Found = Search is null ? null : context.Component,
            Conventions = Conventions(context, reported),
        };
    }

    /// <summary>The interval of a measurement on this claim's prompts, clustered by template where there are several.</summary>
    /// <param name="samples">The measurement.</param>
    /// <param name="confidence">Its coverage.</param>
    /// <param name="context">Seed and resamples.</param>
    internal Interval IntervalOf(PerPrompt samples, double confidence, JudgementContext context) =>
        Bootstrap.BiasCorrectedAccelerated(samples, [.. Prompts.Prompts.Select(prompt => prompt.Template)], confidence, context.Seed, context.Options.Resamples);

    /// <summary>The measurement, if it can be used.</summary>
    /// <param name="samples">What a metric gave.</param>
    /// <param name="name">Which metric, for the message.</param>
    /// <exception cref="InvalidExperimentException">NaN, infinity, a wrong number of values, or a ratio whose scale is zero.</exception>
    internal PerPrompt Checked(PerPrompt samples, string name)
    {
        string where = name.Length == 0 ? "The metric" : $"The metric under '{name}'";
        if (samples.Count != Prompts.Count)
        {
            throw new InvalidExperimentException($"{where} gave {samples.Count} values for {Prompts.Count} prompts; a metric gives one number per prompt.");
        }

        for (int index = 0; index < samples.Count; index++)
        {
            if (!double.IsFinite(samples.Numerators[index]) || (samples.IsRatio && !double.IsFinite(samples.Denominators[index])))
            {
                throw new InvalidExperimentException($"{where} is {samples.Numerators[index].ToString(CultureInfo.InvariantCulture)} on prompt {index}, '{Prompts.Prompts[index].Text}'.");
            }
        }

        if (samples.IsRatio && Math.Abs(samples.Denominators.Average()) < 1e-9)
        {
            throw new InvalidExperimentException($"{where} is a ratio whose scale is zero: the mean of its denominators over {samples.Count} prompts is {samples.Denominators.Average():0.###e+0}.");
        }

        return samples;
    }

    private MeasuredClaim With(Condition condition)
    {
        conditions.Add(condition);
        return this;
    }

    private (ConditionResult Result, int Arm) UnderEveryArm(Condition condition, JudgementContext context)
    {
        if (arms.Length == 1)
        {
            return (condition.Evaluate(this, 0, Measure(), context), 0);
        }

        (int Arm, ConditionResult Result)[] results = [.. arms.Select((_, arm) => (arm, condition.Evaluate(this, arm, Measure(arm), context)))];
        var (weakestArm, weakest) = results.MinBy(pair => condition.Margin(pair.Result));
        Verdict[] verdicts = [.. results.Select(pair => pair.Result.Verdict).Distinct()];
        string each = string.Join("; ", results.Select(pair => $"{arms[pair.Arm].Name} ablation {Wording.Number(pair.Result.Value, pair.Result.Interval)}"));
        return (verdicts.Length == 1
            ? weakest with { Text = $"{weakest.Text} ({each})" }
            : weakest with { Verdict = Verdict.Inconclusive, Text = $"{weakest.Text} (the kinds of ablation disagree: {each})" }, weakestArm);
    }

    private SpecificityResult? SpecificityOf(JudgementContext context)
    {
        if (context.Others.Count == 0 || context.Others.Count > context.Options.LargestSweep || context.Component is null)
        {
            return null;
        }

        double sign = conditions[0].LargerIsStronger ? 1 : -1;
        PerPrompt own = Measure();
        (Component Component, PerPrompt Samples)[] others = [.. context.Others.Select(other => (other, context.MeasureOther(this, other)))];
        (Component best, PerPrompt bestSamples) = others.MaxBy(pair => sign * pair.Samples.Value);
        int alsoPass = conditions[0] is ThresholdCondition bound
            ? others.Count(pair => bound.Evaluate(this, 0, pair.Samples, context).Verdict == Verdict.Supported)
            : others.Count(pair => sign * pair.Samples.Value >= sign * own.Value);
        double p = MaxStatisticPermutation.Test(
                [own, .. others.Select(pair => pair.Samples)],
                named: 0,
                conditions[0].LargerIsStronger ? Alternative.Greater : Alternative.Less,
                context.Seed,
                context.Options.Permutations).P;
        return new SpecificityResult(
            others.Length, alsoPass, 1 + others.Count(pair => sign * pair.Samples.Value > sign * own.Value), best.Label, bestSamples.Value, p);
    }

    private ImmutableSortedDictionary<string, string> Conventions(JudgementContext context, int reported)
    {
        var conventions = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        conventions["prompts"] = string.Create(CultureInfo.InvariantCulture, $"{Prompts.Family}, seed {Prompts.Seed}, n {Prompts.Count}");
        conventions["bos"] = Prompts.Prompts.Count(prompt => prompt.Tokens[0] == context.Model.BosToken) switch
        {
            0 => Prompts.Prompts.Select(prompt => prompt.Tokens[0]).Distinct().ToArray() is [var first] ? string.Create(CultureInfo.InvariantCulture, $"not prepended; all begin with token {first}") : "not prepended",
            int count when count == Prompts.Count => "prepended",
            _ => "prepended to some prompts",
        };
        conventions["aggregation"] = Measure().IsRatio ? "ratio of means" : "mean over prompts";
        conventions["interval"] = string.Create(CultureInfo.InvariantCulture, $"BCa bootstrap, {context.Options.Resamples} resamples, seed {context.Seed}");
        if (arms.Length > 1)
        {
            conventions["ablations"] = $"{string.Join(" and ", arms.Select(arm => arm.Name))}; value and samples under {arms[reported].Name}";
        }

        return conventions.ToImmutable();
    }
}
