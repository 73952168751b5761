using CircuitSpecs.Claims;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>Hands out the hooks of interventions and records whether each of them changed any value.</summary>
internal sealed class InterventionWatch
{
    private readonly IReadOnlyList<Intervention> interventions;
    private readonly bool[] changed;

    /// <exception cref="ArgumentException">The interventions want different twins of the prompts run.</exception>
    public InterventionWatch(IReadOnlyList<Intervention> interventions)
    {
        this.interventions = interventions;
        foreach (Intervention intervention in interventions)
        {
            // One note a kind: a sweep makes the same intervention on every component.
            ExperimentNotes.Add($"intervention ({intervention.Description.Split(' ')[0]})", intervention.Description);
        }

        changed = new bool[interventions.Count];
        PromptSide[] sides = [.. interventions.Select(intervention => intervention.Side).Distinct()];
        if (sides.Length > 1)
        {
            throw new ArgumentException($"Interventions on clean and on corrupted prompts cannot be made in one run: {string.Join("; ", interventions)}.");
        }

        Side = sides is [var side] ? side : PromptSide.Clean;
    }

    /// <summary>Which twin is run.</summary>
    public PromptSide Side { get; }

    public IReadOnlyList<ForwardHook> HooksFor(HookedTransformer model, PromptBatch batch)
    {
        var hooks = new List<ForwardHook>();
        for (int i = 0; i < interventions.Count; i++)
        {
            int number = i;
            IReadOnlyList<ForwardHook> own = interventions[i].HooksFor(model, batch);
            hooks.AddRange(own.Select(hook => Watched(number, hook)));
            changed[i] |= own.Count == 0 && interventions[i] is CorruptRun && CorruptRun.Differs(batch);
        }

        return hooks;
    }

    /// <summary>Fails if an intervention changed nothing at all.</summary>
    public void RequireChanged(PromptSet prompts)
    {
        for (int i = 0; i < changed.Length; i++)
        {
            if (!changed[i])
            {
                throw new InvalidExperimentException($"The intervention changed nothing on any of {prompts.Count} prompts of '{prompts.Family}': {interventions[i]}.");
            }
        }
    }

    private ForwardHook Watched(int number, ForwardHook hook) => hook.Observes || changed[number]
        ? hook
        : new ForwardHook(hook.Point, (activation, point) =>
        {
            Tensor before = activation.clone();
            Tensor after = hook.Function(activation, point) ?? activation;
            changed[number] |= !Bits.Same(before, after);
            return after;
        });
}
