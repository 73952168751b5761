using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// For each prompt of a batch the direction u of the residual stream that raises the answer above the foil: x · u is
/// x's part of the logit difference before division by the scale. u = gain ⊙ (W_U[:, answer] − W_U[:, foil]), minus its
/// mean, which does the centring of LayerNorm.
/// </summary>
internal sealed class LogitDirections
{
    public LogitDirections(HookedTransformer model, PromptBatch batch)
    {
        long[] answers = [.. batch.Prompts.Select(prompt => (long)prompt.Answer!.Value)];
        long[] foils = [.. batch.Prompts.Select(prompt => (long)prompt.Foil!.Value)];
        using DisposeScope scope = NewDisposeScope();
        Tensor answerIds = tensor(answers);
        Tensor foilIds = tensor(foils);
        Tensor unembedding = model.Weights["unembed.W_U"];
        Tensor direction = (unembedding.index_select(1, answerIds) - unembedding.index_select(1, foilIds)).transpose(0, 1);
        Tensor constant = zeros(batch.Count);
        if (model.Weights.TryGet("ln_final.b", out Tensor? shift))
        {
            constant = constant + direction.matmul(shift);
        }

        if (model.Weights.TryGet("unembed.b_U", out Tensor? bias))
        {
            constant = constant + bias.index_select(0, answerIds) - bias.index_select(0, foilIds);
        }

        if (model.Weights.TryGet("ln_final.w", out Tensor? gain))
        {
            direction = direction * gain;
        }

        Constants = constant.data<float>().ToArray();
        Centred = (direction - direction.mean([-1], keepdim: true)).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>[batch, d_model].</summary>
    public Tensor Centred { get; }

    /// <summary>What ln_final's shift and the unembedding's bias add to the logit difference, per prompt.</summary>
    public float[] Constants { get; }
}
