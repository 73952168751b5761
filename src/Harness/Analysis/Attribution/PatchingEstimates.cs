using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>What patching each part of some activations is estimated to do to a metric, prompt by prompt. Effects add up over heads and positions, since they are of first order.</summary>
public sealed class PatchingEstimates
{
    private readonly ModelConfig config;
    private readonly PromptSet prompts;
    private readonly Dictionary<HookPoint, double[][]> effects;

    internal PatchingEstimates(ModelConfig config, PromptSet prompts, IEnumerable<HookPoint> points)
    {
        this.config = config;
        this.prompts = prompts;
        effects = points.ToDictionary(point => point, _ => new double[prompts.Count][]);
    }

    /// <summary>The activations.</summary>
    public IReadOnlyCollection<HookPoint> Points => effects.Keys;

    /// <summary>The estimated effect of patching an activation or a part of it.</summary>
    /// <param name="point">The activation.</param>
    /// <param name="head">Of which head (key/value head of k and v); null takes all together.</param>
    /// <param name="at">At which position (query position of scores and patterns); null takes all together.</param>
    /// <returns>In units of the metric.</returns>
    /// <exception cref="UnknownHookException">The model has no such point.</exception>
    /// <exception cref="ArgumentException">The point was not estimated, or has no such head.</exception>
    public PerPrompt this[HookPoint point, int? head = null, Position? at = null]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(point);
            ActivationTarget target = new ActivationTarget(point, head is int index ? [index] : default).In(config);
            if (!effects.TryGetValue(target.Point, out double[][]? ofPoint))
            {
                throw new ArgumentException($"'{target.Point}' was not estimated; estimated were {string.Join(", ", Points)}.", nameof(point));
            }

            int heads = HeadsOf(target.Point);
            return new PerPrompt(ofPoint.Select((values, prompt) =>
            {
                int length = values.Length / heads;
                int? position = at?.In(new PromptBatch(prompts, [prompt]))[0];
                return values.Where((_, i) => (head is null || i / length == head) && (position is null || i % length == position)).Sum();
            }));
        }
    }

    /// <summary>Takes over the effects of a batch, in the order of the activation's axes without the last.</summary>
    internal void Add(HookPoint point, PromptBatch batch, Tensor summed)
    {
        // [batch, pos, head] as [batch, head, pos]; scores and patterns have their heads first already.
        Tensor ordered = summed.dim() == 3 && HookCatalog.Find(point, config)!.HeadAxis == 2 ? summed.transpose(1, 2).contiguous() : summed;
        float[] all = ordered.data<float>().ToArray();
        int each = all.Length / batch.Count;
        for (int row = 0; row < batch.Count; row++)
        {
            effects[point][batch.Indices[row]] = [.. all.Skip(row * each).Take(each).Select(value => (double)value)];
        }
    }

    private int HeadsOf(HookPoint point)
    {
        HookSite site = HookCatalog.Find(point, config)!;
        return site.HeadAxis is null ? 1 : site.CountsKeyValueHeads ? config.KeyValueHeads : config.Heads;
    }
}
