using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// How attention layers write towards the directions of a batch: u W_Oᵀ head by head, so that z · reader is a head's part without its
/// result being built. Where the model normalises what attention writes (Gemma-2), u goes back through that norm, whose scale is
/// taken as it was in the run.
/// </summary>
internal sealed class HeadReaders(HookedTransformer model, LogitDirections directions)
{
    /// <summary>The directions as the layer's output, before its own norm, is projected on them: [batch, d_model].</summary>
    public Tensor Direction(int layer)
    {
        if (!model.Config.PostNorms)
        {
            return directions.Directions;
        }

        Tensor direction = model.Weights.TryGet($"blocks.{layer}.ln1_post.w", out Tensor? gain) ? directions.Directions * gain : directions.Directions;
        return model.Config.Norm == NormKind.LayerNorm ? direction - direction.mean([-1], keepdim: true) : direction;
    }

    /// <summary>[batch, head, d_head].</summary>
    public Tensor Of(int layer)
    {
        ModelConfig config = model.Config;
        Tensor matrix = model.Weights[$"blocks.{layer}.attn.W_O"].reshape((long)config.Heads * config.DHead, config.DModel);
        return Direction(layer).matmul(matrix.transpose(0, 1)).reshape(-1, config.Heads, config.DHead);
    }
}
