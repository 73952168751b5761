using System.Collections.Immutable;
using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>
/// Makes the patched residual streams of a layer's cells without running the model on them. Whatever is changed of a head (its queries, keys, values,
/// pattern or output) changes its z and nothing else of the layer, so one run of the layer with all heads changed gives every head's new z, and W_O turns
/// the difference into a change of the attention's output.
/// </summary>
internal sealed class LayerPatches(HookedTransformer model, SweepTask task, UnpatchedRun unpatched)
{
    private readonly ModelConfig config = model.Config;
    private readonly RowTrimmer trimmer = new(model.Config, task, unpatched);

    /// <summary>Whether a cell of the sweep changed any activation at all.</summary>
    public bool ChangedAnything => trimmer.ChangedAnything;

    /// <summary>The activations of the unpatched run that the sweep needs besides the residual stream.</summary>
    public static IEnumerable<HookPoint> Needed(ModelConfig config, SweepTask task)
    {
        foreach (int layer in Enumerable.Range(0, config.Layers))
        {
            yield return task.ByHead ? Hook.Z(layer) : task.Point(layer).In(config);
            yield return Hook.AttnOut(layer);
            if (!config.AttentionOnly)
            {
                yield return config.ParallelBlock ? Hook.MlpOut(layer) : Hook.ResidMid(layer);
            }

            if (task.Path == SweepPath.Everything)
            {
                yield return UnpatchedRun.KeyPoint(config, layer);
                yield return Hook.V(layer);
            }
        }
    }

    /// <summary>The patched rows of a layer, in parts that are made when they are called for, in the caller's dispose scope.</summary>
    public IEnumerable<Func<EnteredRows>> Of(int layer)
    {
        HookPoint point = task.Point(layer).In(config);
        Intervention whole = task.Whole(layer);
        if (!task.ByHead)
        {
            return [() => Layer(layer, point, whole)];
        }

        // A head's new z at a position depends on queries and pattern there, but on keys and values at all positions before.
        if (!task.Spreads(layer) || task.Positions is not { } positions)
        {
            return [() => Heads(layer, point, NewZ(layer, point, whole), null)];
        }

        return positions.Select((position, index) => (Func<EnteredRows>)(() => Heads(layer, point, NewZ(layer, point, new PartOfIntervention(whole, new ActivationTarget(point, At: position))), index)));
    }

    private EnteredRows Layer(int layer, HookPoint point, Intervention whole)
    {
        Tensor before = unpatched.Cut(unpatched[point]);
        Tensor after = unpatched.Cut(Apply(whole, point, unpatched[point]));
        return Entered(layer, point.Site, after, before.ne(after).any(2), 1, null);
    }

    private EnteredRows Heads(int layer, HookPoint point, Tensor z, int? position)
    {
        Tensor before = unpatched.Cut(unpatched[Hook.Z(layer)]);
        Tensor after = unpatched.Cut(z);
        long prompts = before.shape[0];
        long length = before.shape[1];

        // [head, prompt · pos, d_head] × [head, d_head, d_model]
        Tensor difference = (after - before).permute(2, 0, 1, 3).reshape(config.Heads, prompts * length, config.DHead);
        Tensor written = difference.matmul(model.Weights[$"blocks.{layer}.attn.W_O"]).reshape(config.Heads, prompts, length, config.DModel);
        Tensor changed = before.ne(after).any(3);
        int heads = HookCatalog.Find(point, config)!.CountsKeyValueHeads ? config.KeyValueHeads : config.Heads;
        if (heads != config.Heads)
        {
            // The query heads that read one head of keys and values change together.
            written = written.reshape(heads, -1, prompts, length, config.DModel).sum(1L);
            changed = changed.reshape(prompts, length, heads, -1).any(3);
        }

        Tensor attentionOut = config.PostNorms
            ? Normalization.Of(model.Weights, $"blocks.{layer}.ln1_post", (Written(layer, before) + written).reshape(-1, length, config.DModel))
            : (unpatched.Cut(unpatched[Hook.AttnOut(layer)]) + written).reshape(-1, length, config.DModel);
        return Entered(layer, "hook_attn_out", attentionOut, changed.permute(2, 0, 1).reshape(-1, length), heads, position);
    }

    /// <summary>What attention writes before the norm that follows it in some models, [prompt, pos, d_model].</summary>
    private Tensor Written(int layer, Tensor z)
    {
        Tensor matrix = model.Weights[$"blocks.{layer}.attn.W_O"].reshape((long)config.Heads * config.DHead, config.DModel);
        return Affine.Apply(z.reshape(z.shape[0], z.shape[1], -1), matrix, model.Weights.TryGet($"blocks.{layer}.attn.b_O", out Tensor? bias) ? bias : null);
    }

    /// <summary>Where a new value of an activation leads.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="site">Which activation.</param>
    /// <param name="value">[source, <see cref="UnpatchedRun.End"/>, d_model].</param>
    /// <param name="changed">[source, pos] bool: what differs from the unpatched run.</param>
    /// <param name="heads">Heads that have sources of their own, one a prompt each: source = head · prompts + prompt.</param>
    /// <param name="position">The only position whose cells the sources are for; null where they are for all.</param>
    private EnteredRows Entered(int layer, string site, Tensor value, Tensor changed, int heads, int? position)
    {
        long length = unpatched.End;
        long prompts = unpatched.Batch.Count;
        Tensor OfAllHeads(Tensor tensor) => heads == 1 ? tensor : tensor.unsqueeze(0).expand(heads, prompts, length, config.DModel).reshape(-1, length, config.DModel);
        Tensor pre = unpatched.Residual(layer);
        (int next, bool atMlp, Tensor clean, Tensor patched) = site switch
        {
            "hook_resid_pre" => (layer, false, pre, value),
            "hook_resid_mid" => (layer, true, unpatched.Cut(unpatched[Hook.ResidMid(layer)]), value),
            "hook_resid_post" => (layer + 1, false, unpatched.Residual(layer + 1), value),
            "hook_attn_out" when config.AttentionOnly => (layer + 1, false, unpatched.Residual(layer + 1), OfAllHeads(pre) + value),
            "hook_attn_out" when config.ParallelBlock => (layer + 1, false, unpatched.Residual(layer + 1), OfAllHeads(pre) + value + OfAllHeads(unpatched.Cut(unpatched[Hook.MlpOut(layer)]))),
            "hook_attn_out" => (layer, true, unpatched.Cut(unpatched[Hook.ResidMid(layer)]), OfAllHeads(pre) + value),
            "hook_mlp_out" when config.ParallelBlock => (layer + 1, false, unpatched.Residual(layer + 1), pre + unpatched.Cut(unpatched[Hook.AttnOut(layer)]) + value),
            "hook_mlp_out" => (layer + 1, false, unpatched.Residual(layer + 1), unpatched.Cut(unpatched[Hook.ResidMid(layer)]) + value),
            _ => throw new NotSupportedException($"A sweep over '{site}' is not supported."),
        };
        if (task.Path == SweepPath.Direct)
        {
            Tensor final = unpatched.Residual(config.Layers);
            (patched, clean, next, atMlp) = (OfAllHeads(final) + (patched - OfAllHeads(clean)), final, config.Layers, false);
        }

        return new EnteredRows(next, atMlp, clean, patched, trimmer.Rows(layer, next, atMlp, changed, position));
    }

    /// <summary>The z of all heads, [prompt, pos, head, d_head], where all of a layer's heads are changed.</summary>
    private Tensor NewZ(int layer, HookPoint point, Intervention change)
    {
        if (point.Site == "attn.hook_z")
        {
            return Apply(change, point, unpatched[point]);
        }

        Tensor? seen = null;
        ForwardHook hook = PartOfIntervention.Single(change, point, model, unpatched.Batch);
        model.RunPristine(
            unpatched[Hook.ResidPre(layer)],
            new ForwardOptions { StartAtLayer = layer, StopAtLayer = layer + 1 },
            [hook, ForwardHook.Observing(Hook.Z(layer), activation => seen = activation.alias().DetachFromDisposeScope())]);
        using Tensor kept = seen!;
        return kept.alias();
    }

    private Tensor Apply(Intervention change, HookPoint point, Tensor activation)
    {
        Tensor copy = activation.clone();
        Tensor edited = PartOfIntervention.Single(change, point, model, unpatched.Batch).Function(copy, point) ?? copy;
        return edited.shape.AsSpan().SequenceEqual(activation.shape)
            ? edited
            : throw new InvalidOperationException($"'{change}' gave [{string.Join(", ", edited.shape)}] at '{point}'; expected [{string.Join(", ", activation.shape)}].");
    }
}
