using CircuitSpecs.Models;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>
/// The norms with TransformerLens's two hook points. Without weights (folded, or a model that has none) they only scale, LayerNorm after centring.
/// hook_normalized is after weight and bias in LayerNorm, and before the weight in RMSNorm.
/// </summary>
internal sealed class Normalization(ModelWeights weights, HookTable hooks)
{
    private readonly double epsilon = weights.Config.NormEpsilon;

    /// <summary>The model's norm over the last axis; nothing in a model without norms.</summary>
    /// <param name="name">The norm's name, for example <c>blocks.0.ln1</c>.</param>
    /// <param name="x">[batch, pos, (head,) d_model].</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(string name, Tensor x) => weights.Config.Norm switch
    {
        NormKind.None => x,
        NormKind.RmsNorm => RmsNorm(name, x),
        _ => LayerNorm(name, x),
    };

    /// <summary>LayerNorm over the last axis.</summary>
    /// <param name="name">The norm's name, for example <c>blocks.0.ln1</c>.</param>
    /// <param name="x">[batch, pos, (head,) d_model].</param>
    /// <returns>The same shape.</returns>
    public Tensor LayerNorm(string name, Tensor x)
    {
        Tensor normalized = PlainLayerNorm(name, x);
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

    /// <summary>A norm of a model without hooks, outside of a run.</summary>
    /// <param name="weights">The model's parameters.</param>
    /// <param name="name">The norm's name.</param>
    /// <param name="x">[.., d_model].</param>
    public static Tensor Of(ModelWeights weights, string name, Tensor x) => new Normalization(weights, new HookTable(weights.Config, [])).Plain(name, x);

    /// <summary>The model's norm without hooks.</summary>
    public Tensor Plain(string name, Tensor x) => weights.Config.Norm switch
    {
        NormKind.None => x,
        NormKind.RmsNorm => Weighted(name, x / Scale(x)),
        _ => PlainLayerNorm(name, x),
    };

    private Tensor RmsNorm(string name, Tensor x)
    {
        Tensor scale = hooks.At(name + ".hook_scale", Scale(x));
        return Weighted(name, hooks.At(name + ".hook_normalized", x / scale));
    }

    private Tensor Scale(Tensor x) => (x.square().mean([-1], keepdim: true) + epsilon).sqrt();

    private Tensor Weighted(string name, Tensor normalized) => weights.TryGet(name + ".w", out Tensor? gain) ? normalized * gain : normalized;

    private Tensor PlainLayerNorm(string name, Tensor x)
    {
        weights.TryGet(name + ".w", out Tensor? gain);
        weights.TryGet(name + ".b", out Tensor? shift);
        return nn.functional.layer_norm(x, [x.shape[^1]], gain, shift, epsilon);
    }
}
