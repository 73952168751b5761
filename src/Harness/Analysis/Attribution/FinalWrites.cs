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
    private readonly Dictionary<string, float[]> projections = new(StringComparer.Ordinal);

    public FinalWrites(HookedTransformer model, PromptBatch batch)
    {
        this.model = model;
        this.batch = batch;
        directions = new LogitDirections(model, batch);
        Hooks = [
            Whole(Hook.Embed, "embed"),
            Whole(Hook.PosEmbed, "pos_embed"),
            .. Enumerable.Range(0, model.Config.Layers).SelectMany(layer => (ForwardHook[])[Heads(layer), Whole(Hook.MlpOut(layer), $"L{layer}MLP")]),
            ForwardHook.Observing(Hook.FinalScale, scale => Scale = AtAnswer(scale).data<float>().ToArray()),
        ];
    }

    /// <summary>What to run the batch with.</summary>
    public IReadOnlyList<ForwardHook> Hooks { get; }

    /// <summary>ln_final's scale at the answer position, per prompt.</summary>
    public float[] Scale { get; private set; } = [];

    /// <summary>The part of a prompt's logit difference that no component writes.</summary>
    public double Constant(int row) => directions.Constants[row];

    /// <summary>Every component's part of a prompt's logit difference.</summary>
    public IEnumerable<(string Label, double Part)> Parts(int row) => projections.Select(pair => (pair.Key, pair.Value[row] / (double)Scale[row]));

    private ForwardHook Whole(HookPoint point, string label) => ForwardHook.Observing(point, written => projections[label] = Project(AtAnswer(written)));

    /// <summary>z is projected through W_O, head by head, which is the head's result without building it.</summary>
    private ForwardHook Heads(int layer) => ForwardHook.Observing(Hook.Z(layer), z =>
    {
        ModelConfig config = model.Config;
        Tensor at = AtAnswer(z.reshape(z.shape[0], z.shape[1], -1)).reshape(batch.Count, config.Heads, config.DHead);

        // [batch, head, d_head]: each head's output matrix applied to the prompt's direction.
        Tensor matrix = model.Weights[$"blocks.{layer}.attn.W_O"].reshape((long)config.Heads * config.DHead, config.DModel);
        Tensor readers = directions.Centred.matmul(matrix.transpose(0, 1)).reshape(batch.Count, config.Heads, config.DHead);
        float[] perHead = (at * readers).sum(-1).data<float>().ToArray();
        for (int head = 0; head < config.Heads; head++)
        {
            int offset = head;
            projections[$"L{layer}H{head}"] = [.. Enumerable.Range(0, batch.Count).Select(row => perHead[(row * config.Heads) + offset])];
        }

        projections[$"L{layer}b_O"] = model.Weights.TryGet($"blocks.{layer}.attn.b_O", out Tensor? bias)
            ? directions.Centred.matmul(bias).data<float>().ToArray()
            : new float[batch.Count];
    });

    private float[] Project(Tensor written) => (written * directions.Centred).sum(-1).data<float>().ToArray();

    /// <summary>[batch, pos, width] at the answer positions: [batch, width].</summary>
    private Tensor AtAnswer(Tensor activation)
    {
        Tensor positions = AnswerReadout.Positions(batch).unsqueeze(-1).expand(batch.Count, 1, activation.shape[2]);
        return activation.gather(1, positions).squeeze(1);
    }
}
