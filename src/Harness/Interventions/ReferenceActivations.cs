using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>Activations of other runs, which ablations and patches put in place. Taken from the unchanged model, once, and remembered by it.</summary>
internal static class ReferenceActivations
{
    /// <summary>The mean of an activation over a set of prompts.</summary>
    /// <returns>[1, pos or 1, ...]: expands to the activation of prompts up to the length of the longest reference prompt.</returns>
    public static Tensor Mean(HookedTransformer model, HookPoint point, MeanOver over, PromptSet reference)
    {
        HookSite site = HookCatalog.Find(point, model.Config)!;
        if (site.Axes is HookAxes.BatchHeadQueryKey or HookAxes.BatchPos)
        {
            throw new NotSupportedException($"A mean of '{point}' over prompts is not defined; ablate what reads it.");
        }

        // One pass gives the means of all layers, so that a sweep over components costs no further ones.
        string key = $"mean|{point.Site}|{over}|{reference.Hash}";
        Dictionary<HookPoint, Tensor> means = model.Memo.GetOrAdd(
            key,
            () => Means(model, point, over, reference),
            result => result.Values.Sum(mean => mean.numel() * sizeof(float)));
        return means[point];
    }

    /// <summary>An activation of one of the two twins of a batch.</summary>
    /// <returns>The activation, owned by the model's memory.</returns>
    public static Tensor Of(HookedTransformer model, HookPoint point, PromptSide side, PromptBatch batch)
    {
        // Whoever asks for the same of a second layer goes over all of them: one run gives them all.
        string key = KeyOf(side, batch);
        HookPoint first = model.Memo.GetOrAdd($"asked|{point.Site}|{key}", () => point, _ => 0);
        return point.Layer is int layer && first != point && EveryLayerFits(model, point.Site, batch)
            ? OfEveryLayer(model, point.Site, side, batch)[layer]
            : model.Memo.GetOrAdd($"activation|{point}|{key}", () => Run(model, point, TokensOf(side, batch)), activation => activation.numel() * activation.element_size());
    }

    /// <summary>An activation of one of the two twins of a batch in every block, from one run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="site">Which activation, for example <c>attn.hook_z</c>.</param>
    /// <param name="side">Of which twin.</param>
    /// <param name="batch">The prompts.</param>
    /// <returns>By layer; owned by the model's memory.</returns>
    public static Tensor[] OfEveryLayer(HookedTransformer model, string site, PromptSide side, PromptBatch batch) => model.Memo.GetOrAdd(
        $"layers|{site}|{KeyOf(side, batch)}",
        () =>
        {
            using DisposeScope scope = NewDisposeScope();
            var kept = new Tensor[model.Config.Layers];
            model.RunPristine(
                TokensOf(side, batch),
                new ForwardOptions { StopAtLayer = model.Config.Layers },
                [.. Enumerable.Range(0, kept.Length).Select(layer => ForwardHook.Observing(new HookPoint(layer, site), activation => kept[layer] = activation.clone().DetachFromDisposeScope()))]);
            return kept;
        },
        kept => kept.Sum(activation => activation.numel() * activation.element_size()));

    /// <summary>The tokens of one of the two twins of a batch.</summary>
    /// <returns>[batch, pos], int64; the caller's to dispose.</returns>
    public static Tensor TokensOf(PromptSide side, PromptBatch batch) => side == PromptSide.Clean ? batch.Tokens() : batch.CorruptTokens();

    /// <summary>A run that ends as soon as the point has been passed.</summary>
    public static ForwardOptions Until(HookPoint point) => new() { StopAtLayer = StopAfter(point) };

    private static bool EveryLayerFits(HookedTransformer model, string site, PromptBatch batch) =>
        model.Memo.Fits(model.CacheBytes(batch.Count, batch.Length, Enumerable.Range(0, model.Config.Layers).Select(layer => new HookPoint(layer, site))));

    private static string KeyOf(PromptSide side, PromptBatch batch) => $"{side}|{batch.Source.Hash}|{string.Join(',', batch.Indices)}";

    private static Tensor Run(HookedTransformer model, HookPoint point, Tensor tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? kept = null;
        var hook = ForwardHook.Observing(point, activation => kept = activation.clone().DetachFromDisposeScope());
        model.RunPristine(tokens, Until(point), [hook]);
        return kept!;
    }

    /// <summary>The block before which the point has been passed; null where that is the end of the model.</summary>
    private static int? StopAfter(HookPoint point) => point.Layer is int layer ? layer + 1
        : point.Site is "hook_embed" or "hook_pos_embed" or "hook_tokens" ? 0
        : null;

    private static Dictionary<HookPoint, Tensor> Means(HookedTransformer model, HookPoint point, MeanOver over, PromptSet reference)
    {
        HookPoint[] points = point.Layer is null ? [point] : [.. Enumerable.Range(0, model.Config.Layers).Select(layer => new HookPoint(layer, point.Site))];
        int longest = reference.Prompts.Max(prompt => prompt.Tokens.Length);
        var sums = new Dictionary<HookPoint, double[]>();
        var widths = new Dictionary<HookPoint, long[]>();
        double[] counts = new double[longest];
        foreach (PromptBatch batch in PromptChunks.Of(reference))
        {
            using DisposeScope scope = NewDisposeScope();
            IReadOnlyList<ForwardHook> hooks = [.. points.Select(at => ForwardHook.Observing(at, activation => Add(at, activation)))];
            model.RunPristine(batch.Tokens(), point.Layer is null ? Until(point) : new ForwardOptions { StopAtLayer = model.Config.Layers }, hooks);
            for (int position = 0; position < batch.Length; position++)
            {
                counts[position] += batch.Count;
            }
        }

        return points.ToDictionary(at => at, at => Finish(sums[at], widths[at]));

        void Add(HookPoint at, Tensor activation)
        {
            // 0L: a plain 0 would be taken for the first member of ScalarType.
            float[] overBatch = activation.sum(0L).data<float>().ToArray();
            int width = overBatch.Length / checked((int)activation.shape[1]);
            if (!sums.TryGetValue(at, out double[]? sum))
            {
                sums[at] = sum = new double[longest * width];
                widths[at] = activation.shape[2..];
            }

            for (int i = 0; i < overBatch.Length; i++)
            {
                sum[i] += overBatch[i];
            }
        }

        Tensor Finish(double[] sum, long[] rest)
        {
            int width = sum.Length / longest;
            bool each = over == MeanOver.EachPosition;
            float[] mean = new float[each ? sum.Length : width];
            if (each)
            {
                for (int i = 0; i < sum.Length; i++)
                {
                    mean[i] = (float)(sum[i] / counts[i / width]);
                }
            }
            else
            {
                double total = counts.Sum();
                for (int i = 0; i < width; i++)
                {
                    double column = 0;
                    for (int position = 0; position < longest; position++)
                    {
                        column += sum[(position * width) + i];
                    }

                    mean[i] = (float)(column / total);
                }
            }

            return tensor(mean, [1, each ? longest : 1, .. rest]).DetachFromDisposeScope();
        }
    }
}
