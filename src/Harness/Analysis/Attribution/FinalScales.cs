using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>The scales that what is written at the answer positions of a batch is divided by on its way to the logits, as they were in the run.</summary>
internal sealed class FinalScales
{
    private readonly float[]?[] afterAttention;
    private readonly float[]?[] afterMlp;
    private float[]? final;

    public FinalScales(ModelConfig config, PromptBatch batch)
    {
        afterAttention = new float[config.Layers][];
        afterMlp = new float[config.Layers][];
        var hooks = new List<ForwardHook>();
        if (config.Norm != NormKind.None)
        {
            hooks.Add(Keep(Hook.FinalScale, values => final = values));
        }

        for (int layer = 0; config.PostNorms && layer < config.Layers; layer++)
        {
            int at = layer;
            hooks.Add(Keep(Hook.Ln1PostScale(layer), values => afterAttention[at] = values));
            if (!config.AttentionOnly)
            {
                hooks.Add(Keep(Hook.Ln2PostScale(layer), values => afterMlp[at] = values));
            }
        }

        Hooks = hooks;

        ForwardHook Keep(HookPoint point, Action<float[]> keep) => ForwardHook.Observing(point, scale => keep(LogitDirections.AtAnswer(batch, scale).data<float>().ToArray()));
    }

    /// <summary>What to run the batch with.</summary>
    public IReadOnlyList<ForwardHook> Hooks { get; }

    /// <summary>Of ln_final; 1 in a model without norms.</summary>
    public double Final(int row) => final?[row] ?? 1;

    /// <summary>Of the norm after a layer's attention; 1 where there is none.</summary>
    public double AfterAttention(int layer, int row) => afterAttention[layer]?[row] ?? 1;

    /// <summary>Of the norm after a layer's MLP; 1 where there is none.</summary>
    public double AfterMlp(int layer, int row) => afterMlp[layer]?[row] ?? 1;
}
