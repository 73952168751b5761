using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// For each prompt of a batch the direction u of the residual stream that raises what is attributed, the answer above the foil or one
/// token: x · u is x's part before division by the scale. u = gain ⊙ (W_U[:, answer] − W_U[:, foil]), minus its mean under LayerNorm,
/// which does the centring.
/// </summary>
internal sealed class LogitDirections
{
    public LogitDirections(HookedTransformer model, PromptBatch batch, LogitTarget target = LogitTarget.Difference)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? answers = target == LogitTarget.Foil ? null : tensor(batch.Prompts.Select(prompt => (long)prompt.Answer!.Value).ToArray());
        Tensor? foils = target == LogitTarget.Answer ? null : tensor(batch.Prompts.Select(prompt => (long)prompt.Foil!.Value).ToArray());
        Tensor unembedding = model.Weights["unembed.W_U"];
        Tensor direction = Of(ids => unembedding.index_select(1, ids).transpose(0, 1));
        Tensor constant = zeros(batch.Count);
        if (model.Weights.TryGet("ln_final.b", out Tensor? shift))
        {
            constant = constant + direction.matmul(shift);
        }

        if (model.Weights.TryGet("unembed.b_U", out Tensor? bias))
        {
            constant = constant + Of(ids => bias.index_select(0, ids));
        }

        direction = BeforeNorm(model.Weights, direction);
        Constants = constant.data<float>().ToArray();
        Directions = direction.contiguous().MoveToOuterDisposeScope();

        Tensor Of(Func<Tensor, Tensor> rows) => (answers, foils) switch
        {
            (Tensor a, Tensor b) => rows(a) - rows(b),
            (Tensor a, null) => rows(a),
            _ => rows(foils!),
        };
    }

    /// <summary>u of each prompt, [batch, d_model].</summary>
    public Tensor Directions { get; }

    /// <summary>What ln_final's shift and the unembedding's bias add, per prompt.</summary>
    public float[] Constants { get; }

    /// <summary>What a direction behind ln_final is in front of it, but for the division by the scale: times the gain, and minus its mean under LayerNorm, which does the centring.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="directions">[.., d_model], columns of W_U or their differences.</param>
    public static Tensor BeforeNorm(ModelWeights weights, Tensor directions)
    {
        Tensor scaled = weights.TryGet("ln_final.w", out Tensor? gain) ? directions * gain : directions;
        return weights.Config.Norm == NormKind.LayerNorm ? scaled - scaled.mean([-1], keepdim: true) : scaled;
    }

    /// <summary>[batch, pos, width] at the answer positions: [batch, width].</summary>
    public static Tensor AtAnswer(PromptBatch batch, Tensor activation)
    {
        Tensor positions = AnswerReadout.Positions(batch).unsqueeze(-1).expand(batch.Count, 1, activation.shape[2]);
        return activation.gather(1, positions).squeeze(1);
    }
}
