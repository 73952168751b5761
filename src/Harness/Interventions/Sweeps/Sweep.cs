using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>
/// The same change made to one cell after another, all heads or layers, each at all positions or at every single one, and a metric read of each. The numbers
/// are those of the loop that one would write by hand (<c>model.LogitDifference(prompts, sweep.InterventionOf(cell))</c>); the patched runs share what is equal in
/// them: they start at the patched layer and position from the unpatched run's residual stream, keys and values, run together block by block,
/// and what cannot change the answer is not run. Nothing is run before <see cref="Run"/>; <see cref="Cost"/> says what that will take.
/// </summary>
public sealed class Sweep
{
    internal Sweep(HookedTransformer model, PromptSet prompts, SweepMetric? metric, SweepTask task, SweepLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        Model = model;
        Prompts = prompts;
        Metric = metric ?? SweepMetric.LogitDifference;
        Task = task;
        SweepInput.Check(this);
        Limits = limits ?? new SweepLimits();
        Groups = PromptGroups.Of(model.Config, prompts, Limits);
        Forecast = new SweepForecast(model.Config, task, Limits);
        Cost = Forecast.Of(prompts, Groups);
        Cells =
        [
            .. from layer in Enumerable.Range(0, model.Config.Layers)
               from head in task.ByHead ? Enumerable.Range(0, task.CellsOfLayer(model.Config)).Select(head => (int?)head) : [null]
               from at in task.Positions is { } positions ? positions : [null!]
               select new SweepCell(layer, head, at),
        ];
    }

    /// <summary>What is done, in words.</summary>
    public string Description => Task.Description;

    /// <summary>What the sweep goes over: layer by layer, then head by head, then position by position.</summary>
    public ImmutableArray<SweepCell> Cells { get; }

    /// <summary>What a run is expected to cost.</summary>
    public SweepCost Cost { get; }

    internal HookedTransformer Model { get; }

    internal PromptSet Prompts { get; }

    internal SweepMetric Metric { get; }

    internal SweepTask Task { get; }

    internal SweepLimits Limits { get; }

    internal IReadOnlyList<PromptBatch> Groups { get; }

    internal SweepForecast Forecast { get; }

    /// <summary>Activation patching of every head at all positions at once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">Prompts with corrupted twins of equal length.</param>
    /// <param name="direction">Which twin is run and which lends activations.</param>
    /// <param name="of">What of a head is patched: <c>Hook.Z</c> (where null), <c>Hook.Q</c>, <c>Hook.K</c>, <c>Hook.V</c>, <c>Hook.Pattern</c> and their like. Keys and values have the heads of keys and values.</param>
    /// <param name="metric">What is read; the logit difference where null.</param>
    /// <exception cref="ArgumentException">The prompts cannot be swept; the message says why.</exception>
    /// <exception cref="UnknownHookException">The model has no such activation.</exception>
    public static Sweep Heads(HookedTransformer model, PromptSet pairs, SweepDirection direction, Func<int, HookPoint>? of = null, SweepMetric? metric = null) =>
        new(model, pairs, metric, SweepTasks.Patching(direction, of ?? Hook.Z, byHead: true, null));

    /// <summary>Activation patching of every head at every position.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">Prompts with corrupted twins of equal length.</param>
    /// <param name="direction">Which twin is run and which lends activations.</param>
    /// <param name="of">As for <see cref="Heads"/>; of a pattern the position is the query's.</param>
    /// <param name="positions">Which positions, by index or by their name in the prompt family; where null all, of prompts that are all of one length.</param>
    /// <param name="metric">What is read; the logit difference where null.</param>
    /// <exception cref="ArgumentException">The prompts cannot be swept; the message says why.</exception>
    /// <exception cref="UnknownHookException">The model has no such activation.</exception>
    public static Sweep HeadsByPosition(HookedTransformer model, PromptSet pairs, SweepDirection direction, Func<int, HookPoint>? of = null, IEnumerable<Position>? positions = null, SweepMetric? metric = null) =>
        new(model, pairs, metric, SweepTasks.Patching(direction, of ?? Hook.Z, byHead: true, SweepInput.Positions(pairs, positions)));

    /// <summary>Activation patching of every layer's residual stream, attention output or MLP output at all positions at once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">Prompts with corrupted twins of equal length.</param>
    /// <param name="direction">Which twin is run and which lends activations.</param>
    /// <param name="of">What is patched: <c>Hook.ResidPre</c>, <c>Hook.ResidMid</c>, <c>Hook.ResidPost</c>, <c>Hook.AttnOut</c> or <c>Hook.MlpOut</c>.</param>
    /// <param name="metric">What is read; the logit difference where null.</param>
    /// <exception cref="ArgumentException">The prompts cannot be swept; the message says why.</exception>
    /// <exception cref="UnknownHookException">The model has no such activation.</exception>
    public static Sweep Layers(HookedTransformer model, PromptSet pairs, SweepDirection direction, Func<int, HookPoint> of, SweepMetric? metric = null) =>
        new(model, pairs, metric, SweepTasks.Patching(direction, of, byHead: false, null));

    /// <summary>Activation patching of every layer's residual stream, attention output or MLP output at every position.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">Prompts with corrupted twins of equal length.</param>
    /// <param name="direction">Which twin is run and which lends activations.</param>
    /// <param name="of">As for <see cref="Layers"/>.</param>
    /// <param name="positions">As for <see cref="HeadsByPosition"/>.</param>
    /// <param name="metric">What is read; the logit difference where null.</param>
    /// <exception cref="ArgumentException">The prompts cannot be swept; the message says why.</exception>
    /// <exception cref="UnknownHookException">The model has no such activation.</exception>
    public static Sweep LayersByPosition(HookedTransformer model, PromptSet pairs, SweepDirection direction, Func<int, HookPoint> of, IEnumerable<Position>? positions = null, SweepMetric? metric = null) =>
        new(model, pairs, metric, SweepTasks.Patching(direction, of, byHead: false, SweepInput.Positions(pairs, positions)));

    /// <summary>Ablation of every head, one at a time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="ablation">The ablation of a layer's z, of which every cell makes one head's part: <c>z => Ablate.Mean(z)</c>.</param>
    /// <param name="metric">What is read; the logit difference where null.</param>
    /// <exception cref="ArgumentException">The prompts cannot be swept; the message says why.</exception>
    public static Sweep AblateHeads(HookedTransformer model, PromptSet prompts, Func<HookPoint, Intervention> ablation, SweepMetric? metric = null) =>
        new(model, prompts, metric, SweepTasks.Of("every head", Hook.Z, ablation, byHead: true));

    /// <summary>Ablation of every MLP, one at a time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="ablation">The ablation of an MLP's output: <c>mlp => Ablate.Mean(mlp)</c>.</param>
    /// <param name="metric">What is read; the logit difference where null.</param>
    /// <exception cref="ArgumentException">The prompts cannot be swept; the message says why.</exception>
    /// <exception cref="UnknownHookException">The model has no MLPs.</exception>
    public static Sweep AblateMlps(HookedTransformer model, PromptSet prompts, Func<HookPoint, Intervention> ablation, SweepMetric? metric = null) =>
        new(model, prompts, metric, SweepTasks.Of("every MLP", Hook.MlpOut, ablation, byHead: false));

    /// <summary>
    /// Path patching from every head to the final residual stream (Wang et al. 2023, arXiv 2211.00593, appendix B; <see cref="PathPatch"/>): the head's z is the other
    /// twin's, all other heads keep their unpatched z.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">Prompts with corrupted twins of equal length.</param>
    /// <param name="direction">Which twin is run and which lends activations; the paper's is <see cref="SweepDirection.Noising"/>.</param>
    /// <param name="mlps">What later MLPs do.</param>
    /// <param name="metric">What is read; the logit difference where null.</param>
    /// <exception cref="ArgumentException">The prompts cannot be swept; the message says why.</exception>
    public static Sweep HeadPaths(HookedTransformer model, PromptSet pairs, SweepDirection direction, PathMlps mlps, SweepMetric? metric = null) =>
        new(model, pairs, metric, SweepTasks.Paths(direction, Hook.Z, byHead: true, mlps));

    /// <summary>Path patching from every MLP to the final residual stream: its output is the other twin's, all heads keep their unpatched z.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">Prompts with corrupted twins of equal length.</param>
    /// <param name="direction">Which twin is run and which lends activations; the paper's is <see cref="SweepDirection.Noising"/>.</param>
    /// <param name="mlps">What later MLPs do.</param>
    /// <param name="metric">What is read; the logit difference where null.</param>
    /// <exception cref="ArgumentException">The prompts cannot be swept; the message says why.</exception>
    /// <exception cref="UnknownHookException">The model has no MLPs.</exception>
    public static Sweep MlpPaths(HookedTransformer model, PromptSet pairs, SweepDirection direction, PathMlps mlps, SweepMetric? metric = null) =>
        new(model, pairs, metric, SweepTasks.Paths(direction, Hook.MlpOut, byHead: false, mlps));

    /// <summary>The intervention that a cell stands for, to be made on its own.</summary>
    /// <param name="cell">One of <see cref="Cells"/>.</param>
    public Intervention InterventionOf(SweepCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return Cells.Contains(cell) ? Task.Intervention(cell) : throw new ArgumentException($"The sweep ({Description}) has no cell {cell}.", nameof(cell));
    }

    /// <summary>Runs the sweep.</summary>
    /// <param name="progress">Told the cost before the start and the progress after every batch; where null, a long sweep prints both to standard error.</param>
    /// <param name="cancellation">Ends the sweep at the next batch.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidExperimentException">No cell changes anything, or NaN appeared.</exception>
    public SweepResult Run(IProgress<SweepProgress>? progress = null, CancellationToken cancellation = default)
    {
        ExperimentNotes.Add("sweep", Description);
        progress ??= Cost.IsLong ? new SweepPrinter(Console.Error, $"sweep ({Description})") : null;
        return Model.HasAmbientHooks ? new OneByOne(this, progress, cancellation).Run() : new SweepExecution(this, progress, cancellation).Run();
    }
}
