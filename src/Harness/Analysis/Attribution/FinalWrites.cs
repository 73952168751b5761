using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Collects, while a batch runs, how far everything that is written to the residual stream at the answer position points towards the answer.</summary>
internal sealed class FinalWrites
{
    private readonly HookedTransformer model;
    private readonly PromptBatch batch;
    private readonly LogitDirections directions;
    private readonly HeadReaders readers;
    private readonly FinalScales scales;
    private readonly Dictionary<string, (int? Layer, float[] Values)> projections = new(StringComparer.Ordinal);

    public FinalWrites(HookedTransformer model, PromptBatch batch)
    {
        this.model = model;
        this.batch = batch;
        directions = new LogitDirections(model, batch);
        readers = new HeadReaders(model, directions);
        scales = new FinalScales(model.Config, batch);
        Hooks = [
            Whole(Hook.Embed, "embed"),
            .. model.Config.Positions == PositionScheme.Learned ? (ForwardHook[])[Whole(Hook.PosEmbed, "pos_embed")] : [],
            .. Enumerable.Range(0, model.Config.Layers).SelectMany(layer => model.Config.AttentionOnly ? (ForwardHook[])[Heads(layer)] : [Heads(layer), Whole(Hook.MlpOut(layer), $"L{layer}MLP")]),
            .. scales.Hooks,
        ];
    }

    /// <summary>What to run the batch with.</summary>
    public IReadOnlyList<ForwardHook> Hooks { get; }

    /// <summary>The names of everything that is written, in the order of writing.</summary>
    public static IEnumerable<string> Labels(ModelConfig config) =>
    [
        "embed",
        .. config.Positions == PositionScheme.Learned ? (string[])["pos_embed"] : [],
        .. Enumerable.Range(0, config.Layers).SelectMany(layer => (string[])[
            .. Enumerable.Range(0, config.Heads).Select(head => $"L{layer}H{head}"),
            $"L{layer}b_O",
            .. config.AttentionOnly ? (string[])[] : [$"L{layer}MLP"],
        ]),
    ];

    /// <summary>ln_final's scale at a prompt's answer position; 1 in a model without norms.</summary>
    public double Scale(int row) => scales.Final(row);

    /// <summary>The part of a prompt's logit difference that no component writes.</summary>
    public double Constant(int row) => directions.Constants[row];

    /// <summary>Every component's part of a prompt's logit difference.</summary>
    public IEnumerable<(string Label, double Part)> Parts(int row) =>
        projections.Select(pair => (pair.Key, pair.Value.Values[row] / (scales.Final(row) * (pair.Value.Layer is int layer ? scales.AfterAttention(layer, row) : 1))))
            .Concat(Shifts(row));

    private ForwardHook Whole(HookPoint point, string label) =>
        ForwardHook.Observing(point, written => projections[label] = (null, (LogitDirections.AtAnswer(batch, written) * directions.Directions).sum(-1).data<float>().ToArray()));

    private ForwardHook Heads(int layer) => ForwardHook.Observing(Hook.Z(layer), z =>
    {
        ModelConfig config = model.Config;
        Tensor at = LogitDirections.AtAnswer(batch, z.reshape(z.shape[0], z.shape[1], -1)).reshape(batch.Count, config.Heads, config.DHead);
        float[] perHead = (at * readers.Of(layer)).sum(-1).data<float>().ToArray();
        for (int head = 0; head < config.Heads; head++)
        {
            int offset = head;
            projections[$"L{layer}H{head}"] = (layer, [.. Enumerable.Range(0, batch.Count).Select(row => perHead[(row * config.Heads) + offset])]);
        }

        projections[$"L{layer}b_O"] = (layer, model.Weights.TryGet($"blocks.{layer}.attn.b_O", out Tensor? bias)
            ? readers.Direction(layer).matmul(bias).data<float>().ToArray()
            : new float[batch.Count]);
    });

    /// <summary>What the shifts of norms after attention add, which counts as the layer's bias but is not divided by that norm's scale.</summary>
    private IEnumerable<(string Label, double Part)> Shifts(int row)
    {
        for (int layer = 0; layer < model.Config.Layers; layer++)
        {
            if (model.Weights.TryGet($"blocks.{layer}.ln1_post.b", out Tensor? shift))
            {
                yield return ($"L{layer}b_O", directions.Directions[row].dot(shift).item<float>() / scales.Final(row));
            }
        }
    }
}
