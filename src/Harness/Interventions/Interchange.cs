using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>
/// Interchange intervention (Geiger et al. 2021, arXiv 2106.02997): the base prompts are run with an activation as it is
/// on source prompts; or with the part of it that lies in a subspace, base + QQᵀ(source − base) with Q an orthonormal
/// basis, the rest staying the base's (distributed interchange: Geiger et al. 2024, arXiv 2303.02536). The base prompts
/// are the clean ones; <c>InterchangeAccuracy</c> says how often the answer becomes the source's.
/// </summary>
public sealed class Interchange : Intervention
{
    private readonly ActivationTarget target;
    private readonly PromptPairing? pairing;
    private readonly OrthonormalBasis? basis;

    private Interchange(ActivationTarget target, PromptPairing? pairing, OrthonormalBasis? basis)
    {
        this.target = target;
        this.pairing = pairing;
        this.basis = basis;
    }

    /// <inheritdoc/>
    public override string Description
    {
        get
        {
            string what = basis is null ? target.ToString() : $"a subspace of {basis.Rank} dimensions ({basis.Hash}) of {target}";
            return $"interchange {what}, {pairing?.Description ?? "from the corrupted twins"}";
        }
    }

    /// <summary>Takes the activation from the corrupted twin of each prompt.</summary>
    /// <param name="point">Where.</param>
    /// <param name="at">At which position; null takes all.</param>
    /// <param name="basis">[d, k] (or [d]) with independent columns, d being the size of the activation's last axis; null takes all of it. It is copied.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads.</param>
    /// <exception cref="ArgumentException">The columns of the basis are not independent; on use: they have another size than the activation's last axis.</exception>
    public static Interchange FromTwins(HookPoint point, Position? at = null, Tensor? basis = null, int? head = null) =>
        new(Target(point, at, head), null, basis is null ? null : new OrthonormalBasis(basis));

    /// <summary>Takes the activation from another of the prompts that are run, of the same length; at the position that has the name there, where a name is given.</summary>
    /// <param name="sources">For each prompt of the set the number of its source prompt.</param>
    /// <param name="point">Where.</param>
    /// <param name="at">At which position; null takes all.</param>
    /// <param name="basis">[d, k] (or [d]) with independent columns, d being the size of the activation's last axis; null takes all of it. It is copied.</param>
    /// <param name="head">Of which head; null takes all. Only where the activation has an axis of heads.</param>
    /// <exception cref="ArgumentException">The columns of the basis are not independent; on use: they have another size than the activation's last axis, or a source does not fit.</exception>
    public static Interchange FromOthers(ImmutableArray<int> sources, HookPoint point, Position? at = null, Tensor? basis = null, int? head = null) =>
        new(Target(point, at, head), PromptPairing.Given(sources), basis is null ? null : new OrthonormalBasis(basis));

    /// <inheritdoc/>
    public override IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        ActivationTarget here = target.In(model.Config);
        if (HookCatalog.Find(here.Point, model.Config)!.Axes is HookAxes.BatchHeadQueryKey or HookAxes.BatchPos && (basis is not null || pairing is not null))
        {
            throw new NotSupportedException($"'{here.Point}' holds one number or token a position or edge, not a vector: interchange it whole and between twins, or name another point.");
        }

        (PromptSide side, PromptBatch sources) = pairing is null ? (PromptSide.Corrupt, batch) : (PromptSide.Clean, SourcesOf(batch));
        if (pairing is null)
        {
            CorruptRun.RequireDifference(batch);
        }

        return [new ForwardHook(here.Point, (activation, point) =>
        {
            Tensor source = Aligned(ReferenceActivations.Of(model, point, side, sources), sources);
            basis?.RequireWidth(activation, point.Name);
            return here.Replace(activation, basis is null ? source : activation + basis.Project(source - activation), model.Config, batch);
        })];
    }

    /// <summary>The answer that each prompt would have if only the interchanged activation mattered: its source's; the foil, where sources are twins.</summary>
    /// <exception cref="InvalidOperationException">A source prompt has no answer, or a prompt with a twin no foil.</exception>
    internal int[] Counterfactuals(PromptSet prompts)
    {
        if (pairing is null)
        {
            return [.. prompts.Prompts.Select(prompt => prompt.Foil
                ?? throw new InvalidOperationException($"'{prompt.Text}' of '{prompts.Family}' has no foil, which stands for the answer of its corrupted twin."))];
        }

        int[] answers = new int[prompts.Count];
        foreach (PromptBatch batch in prompts.Batches())
        {
            PromptBatch sources = SourcesOf(batch);
            for (int row = 0; row < batch.Count; row++)
            {
                answers[batch.Indices[row]] = sources.Prompts[row].Answer
                    ?? throw new InvalidOperationException($"'{sources.Prompts[row].Text}' of '{prompts.Family}' is a source and has no answer.");
            }
        }

        return answers;
    }

    private static ActivationTarget Target(HookPoint point, Position? at, int? head)
    {
        ArgumentNullException.ThrowIfNull(point);
        return new ActivationTarget(point, head is int index ? [index] : default, At: at);
    }

    private PromptBatch SourcesOf(PromptBatch batch)
    {
        PromptBatch sources = pairing!.PartnersOf(batch);
        int wrong = Enumerable.Range(0, batch.Count).FirstOrDefault(row => sources.Prompts[row].Tokens.Length != batch.Length, -1);
        return wrong < 0
            ? sources
            : throw new ArgumentException($"'{batch.Prompts[wrong].Text}' has {batch.Length} tokens and its source '{sources.Prompts[wrong].Text}' {sources.Prompts[wrong].Tokens.Length}; an interchange needs equal lengths.");
    }

    /// <summary>With a position: the source's activation there, for every position of the base, of which only the one at its own position is used.</summary>
    private Tensor Aligned(Tensor activation, PromptBatch sources)
    {
        if (target.At is null || pairing is null)
        {
            return activation;
        }

        long[] rows = [.. target.At.In(sources).Select((position, row) => (row * activation.shape[1]) + position)];
        long[] rest = activation.shape[2..];
        return activation.reshape([-1, .. rest]).index_select(0, tensor(rows)).unsqueeze(1);
    }
}
