using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Claims;

/// <summary>
/// Judges claims on models, with every control that a careful reviewer would ask for: interval, specificity against all
/// components of the kind, null models, and the comparison with what is recorded.
/// </summary>
/// <param name="models">Where models come from.</param>
/// <param name="options">The fixed numbers of every judgement; the defaults where left out.</param>
public sealed class ClaimRunner(IModelSource models, JudgementOptions? options = null) : IDisposable
{
    private readonly JudgementOptions options = options ?? new JudgementOptions();
    private readonly ConcurrentDictionary<(string, WeightProcessing, bool, string, int), Lazy<ModelUnderTest>> nulls = new();

    /// <summary>Judges one claim on the model of one record.</summary>
    /// <param name="definition">The claim.</param>
    /// <param name="record">The model, the component and what is recorded.</param>
    /// <param name="cancellation">Ends a long sweep early.</param>
    /// <returns>Always a result: an experiment that could not be carried out is <see cref="Outcome.Error"/> with the reason.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ClaimRun Run(ClaimDefinition definition, ClaimRecord record, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(record);
        var watch = Stopwatch.StartNew();
        ClaimRun run = Judge(definition, record, cancellation);
        return run with { Result = run.Result with { Seconds = watch.Elapsed.TotalSeconds } };
    }

    /// <summary>Frees the null models. The models under test belong to the source.</summary>
    public void Dispose()
    {
        foreach (Lazy<ModelUnderTest> model in nulls.Values.Where(model => model.IsValueCreated))
        {
            model.Value.Free();
        }

        nulls.Clear();
    }

    private ClaimRun Judge(ClaimDefinition definition, ClaimRecord record, CancellationToken cancellation)
    {
        ClaimResult result = new()
        {
            Claim = definition.Id,
            Problem = definition.Problem,
            Title = definition.Title,
            Sentence = definition.Sentence,
            Model = record.Model,
            Component = record.Component?.Label,
            Recorded = record.Expectation,
            Verdict = Verdict.Invalid,
            Outcome = Outcome.Error,
            Rerun = record.Rerun,
            Because = record.Because,
            Engine = EngineIdentity.Description,
            Commit = WorkingTree.Commit,
        };
        ModelUnderTest model;
        try
        {
            model = definition.WeightsOnly
                ? new ModelUnderTest(models.Weights(record.Model, definition.Processing, WeightScope.Attention))
                : new ModelUnderTest(models.Transformer(record.Model, definition.Processing));
        }
        catch (ModelNotFoundException missing)
        {
            return new ClaimRun(result with { Verdict = Verdict.Skipped, Outcome = Outcome.Ignored, Message = missing.Message }, []);
        }
        catch (ModelLoadException broken)
        {
            return new ClaimRun(result with { Message = broken.Message }, []);
        }

        result = result with { ModelHash = model.Weights.Hash, Conventions = ModelConventions(model.Weights) };
        if (record.Component is { } component && !component.ExistsIn(model.Weights.Config))
        {
            return new ClaimRun(result with { Message = $"Model '{record.Model}' has no {component.Kind} {component}: it has {model.Weights.Config.Layers} layers of {model.Weights.Config.Heads} heads." }, []);
        }

        try
        {
            int seed = SeedOf(definition.Id);
            Judgement judgement = JudgeOn(definition, model, record.Component, seed, sweep: true, cancellation);
            ClaimResult judged = WithJudgement(result, judgement);
            ImmutableArray<NullResult> nullResults = judgement.Verdict == Verdict.Supported && record.Expectation == Expectation.Holds
                ? [.. JudgeNulls(definition, record, model, judgement, seed, cancellation)]
                : [];
            return new ClaimRun(Decided(judged with { Nulls = nullResults, Vacuous = nullResults.Any(nullResult => nullResult.Verdict == Verdict.Supported) }, judgement), judgement.Snapshots);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new ClaimRun(result with { Message = Explain(failure) }, []);
        }
    }

    private Judgement JudgeOn(ClaimDefinition definition, ModelUnderTest model, Component? component, int seed, bool sweep, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using ExperimentNotes notes = ExperimentNotes.Begin();
        var context = new JudgementContext(
            sweep ? options : options with { LargestSweep = 0 },
            seed,
            model.Weights.Config,
            component,
            other => definition.Build(model, other),
            cancellation);
        Judgement judgement = definition.Build(model, component).Judge(context);
        return judgement with { Conventions = judgement.Conventions.AddRange(notes.All) };
    }

    private IEnumerable<NullResult> JudgeNulls(
        ClaimDefinition definition, ClaimRecord record, ModelUnderTest model, Judgement judgement, int seed, CancellationToken cancellation)
    {
        // A model that cannot do anything shows no effect of anything: for claims of "no difference" the positive control
        // takes the place of null models.
        if (judgement.Primary.Direction == "≈")
        {
            yield break;
        }

        foreach (string kind in new[] { NullModels.Shuffled, NullModels.Fresh })
        {
            for (int index = 0; index < options.NullSeeds; index++)
            {
                string detail = string.Create(CultureInfo.InvariantCulture, $"seed {index + 1}");
                ModelUnderTest twin = NullModel(record.Model, definition, kind, index + 1);
                yield return JudgeNull(definition, twin, record.Component, kind, detail, seed, cancellation);
            }
        }

        if (record.Component is { } component
            && ComponentSwap.Draw(component, model.Weights.Config, record.AlsoHoldsFor, SeededRandom.For(seed, $"{ComponentSwap.Kind} {record.Model}")) is { } other)
        {
            yield return JudgeNull(definition, model, other, ComponentSwap.Kind, $"{other} in place of {component}", seed, cancellation);
        }
    }

    private NullResult JudgeNull(
        ClaimDefinition definition, ModelUnderTest model, Component? component, string kind, string detail, int seed, CancellationToken cancellation)
    {
        try
        {
            Judgement judgement = JudgeOn(definition, model, component, seed, sweep: false, cancellation);
            return new NullResult(kind, judgement.Verdict, judgement.Primary.Value, detail);
        }
        catch (InvalidExperimentException reason)
        {
            return new NullResult(kind, Verdict.Invalid, double.NaN, $"{detail}: {reason.Message}");
        }
    }

    private ModelUnderTest NullModel(string name, ClaimDefinition definition, string kind, int seed)
    {
        return nulls.GetOrAdd((name, definition.Processing, definition.WeightsOnly, kind, seed), _ => new Lazy<ModelUnderTest>(Make)).Value;

        ModelUnderTest Make()
        {
            ModelWeights raw = models.Weights(name, WeightProcessing.None, definition.WeightsOnly ? WeightScope.Attention : WeightScope.All);
            ModelWeights rewritten = kind == NullModels.Shuffled ? NullModels.ShuffledWeights(raw, seed) : NullModels.FreshInitialisation(raw, seed);
            if (definition.Processing != WeightProcessing.None)
            {
                using ModelWeights unprocessed = rewritten;
                rewritten = WeightProcessor.Apply(unprocessed, definition.Processing);
            }

            if (definition.WeightsOnly)
            {
                return new ModelUnderTest(rewritten);
            }

            HookedTransformer original = models.Transformer(name, definition.Processing);
            return new ModelUnderTest(new HookedTransformer(rewritten, original.HasTokenizer ? original.Tokenizer : null));
        }
    }

    private static ClaimResult WithJudgement(ClaimResult result, Judgement judgement)
    {
        ConditionResult primary = judgement.Primary;
        return result with
        {
            Component = result.Component ?? judgement.Found?.Label,
            Verdict = judgement.Verdict,
            Value = primary.Value,
            Low = primary.Interval.Low,
            High = primary.Interval.High,
            Confidence = primary.Interval.Confidence,
            Direction = primary.Direction,
            Threshold = primary.Threshold,
            Unit = judgement.Unit,
            N = judgement.Samples?.Count ?? 0,
            Dropped = judgement.Prompts?.Dropped ?? ImmutableSortedDictionary<string, int>.Empty,
            Conditions = [.. judgement.Conditions.Select(condition => $"{condition.Verdict.ToString().ToLowerInvariant()}: {condition.Text}")],
            Specificity = judgement.Specificity,
            Samples = judgement.Samples is { } samples
                ? [.. samples.Numerators.Select((value, index) => new SampleRecord(judgement.Prompts!.Prompts[index].Text, value, samples.IsRatio ? samples.Denominators[index] : null))]
                : [],
            Conventions = result.Conventions.AddRange(judgement.Conventions),
            PromptsHash = judgement.Prompts?.Hash ?? "",
        };
    }

    private ClaimResult Decided(ClaimResult result, Judgement judgement)
    {
        Verdict expected = result.Recorded == Expectation.Holds ? Verdict.Supported : Verdict.Refuted;
        if (result.Vacuous)
        {
            string where = string.Join(", ", result.Nulls.Where(nullResult => nullResult.Verdict == Verdict.Supported).Select(nullResult => $"{nullResult.Kind} ({nullResult.Detail})"));
            return result with { Outcome = Outcome.Failed, Message = $"Vacuous: the claim is supported where it should not be, on {where}. It says nothing about this model." };
        }

        if (result.Verdict == Verdict.Inconclusive)
        {
            ConditionResult open = judgement.Conditions.First(condition => condition.Verdict == Verdict.Inconclusive);
            string settle = open.ToSettle is { } prompts
                ? string.Create(CultureInfo.InvariantCulture, $"About {prompts} prompts would settle it (there are {result.N}).")
                : "More prompts would not settle it: the estimate sits on the threshold, or the kinds of ablation disagree.";
            return result with { Outcome = options.Strict ? Outcome.Failed : Outcome.Inconclusive, Message = $"The evidence does not decide: {open.Text}. {settle}" };
        }

        if (result.Verdict != expected)
        {
            string message = result.Recorded == Expectation.Fails
                ? "Recorded as failing on this model, and now supported. If that is right, record it with [HoldsOn]."
                : $"Recorded as holding on this model, and refuted: {judgement.Conditions.First(condition => condition.Verdict == Verdict.Refuted).Text}.";
            return result with { Outcome = Outcome.Failed, Message = message };
        }

        return result with { Outcome = Outcome.Passed };
    }

    // string.GetHashCode differs from run to run.
    private static int SeedOf(string id) => BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id))) & int.MaxValue;

    private static string Explain(Exception failure) => failure is InvalidExperimentException
        ? $"Invalid set-up: {failure.Message}"
        : $"The claim threw {failure.GetType().Name}: {failure.Message}{FirstFrame(failure)}";

    private static string FirstFrame(Exception failure)
    {
        string? frame = failure.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains(" in ", StringComparison.Ordinal) && !line.Contains($"{typeof(ClaimRunner).FullName}.", StringComparison.Ordinal));
        return frame is null ? "" : $"{Environment.NewLine}  {frame.Trim()}";
    }

    private static ImmutableSortedDictionary<string, string> ModelConventions(ModelWeights weights) =>
        ImmutableSortedDictionary<string, string>.Empty
            .Add("weight processing", weights.Processing.ToString())
            .Add("dtype", "float32, statistics in float64");
}
