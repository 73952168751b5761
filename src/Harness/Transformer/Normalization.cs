using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>LayerNorm with TransformerLens's two hook points. Without weights (folded, or a model that has none) it only centres and scales.</summary>
internal sealed class Normalization(ModelWeights weights, HookTable hooks)
{
    private readonly double epsilon = weights.Config.NormEpsilon;

    /// <summary>Normalises over the last axis.</summary>
    /// <param name="name">The norm's name, for example <c>blocks.0.ln1</c>.</param>
    /// <param name="x">[batch, pos, (head,) d_model].</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(string name, Tensor x)
    {
        Tensor normalized = Plain(name, x);
        if (hooks.Listens(name + ".hook_scale"))
        {
            Tensor centred = x - x.mean([-1], keepdim: true);
            Tensor scale = (centred.square().mean([-1], keepdim: true) + epsilon).sqrt();
            Tensor edited = hooks.At(name + ".hook_scale", scale);
            if (!Bits.Same(scale, edited))
            {
                normalized = centred / edited;
                normalized = weights.TryGet(name + ".w", out Tensor? gain) ? normalized * gain : normalized;
                normalized = weights.TryGet(name + ".b", out Tensor? shift) ? normalized + shift : normalized;
            }
        }

        return hooks.At(name + ".hook_normalized", normalized);
    }

    /// <summary>The same without hooks.</summary>
    public Tensor Plain(string name, Tensor x)
    {
        weights.TryGet(name + ".w", out Tensor? gain);
        weights.TryGet(name + ".b", out Tensor? shift);
        return nn.functional.layer_norm(x, [x.shape[^1]], gain, shift, epsilon);
    }
}
