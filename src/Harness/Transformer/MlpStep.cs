using CircuitSpecs.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>The MLP of a block.</summary>
internal sealed class MlpStep(ModelWeights weights, Normalization norms, HookTable hooks)
{
    /// <summary>Runs the MLP with its norm.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="residual">[batch, pos, d_model], before the norm.</param>
    /// <returns>What it writes, [batch, pos, d_model], before <c>hook_mlp_out</c>.</returns>
    public Tensor Run(int layer, Tensor residual)
    {
        string block = $"blocks.{layer}.";
        Tensor input = hooks.At(block + "hook_mlp_in", residual);
        Tensor normalized = norms.Apply(block + "ln2", input);
        Tensor post = hooks.At(block + "mlp.hook_post", weights.Config.GatedMlp ? Gated(block, normalized) : Neurons(block, normalized));
        return Affine.Apply(post, weights[block + "mlp.W_out"], Bias(block + "mlp.b_out"));
    }

    private Tensor Neurons(string block, Tensor normalized)
    {
        Tensor pre = hooks.At(block + "mlp.hook_pre", Affine.Apply(normalized, weights[block + "mlp.W_in"], Bias(block + "mlp.b_in")));
        Tensor active = Activate(pre);
        return weights.Config.Activation == ActivationFunction.SoluLayerNorm
            ? norms.LayerNorm(block + "mlp.ln", hooks.At(block + "mlp.hook_mid", active))
            : active;
    }

    /// <summary>act(x W_gate) · (x W_in) + b_in, in TransformerLens's order.</summary>
    private Tensor Gated(string block, Tensor normalized)
    {
        Tensor gate = hooks.At(block + "mlp.hook_pre", Affine.Apply(normalized, weights[block + "mlp.W_gate"], Bias(block + "mlp.b_gate")));
        Tensor linear = hooks.At(block + "mlp.hook_pre_linear", Affine.Apply(normalized, weights[block + "mlp.W_in"], Bias(block + "mlp.b_up")));
        Tensor product = Activate(gate) * linear;
        return Bias(block + "mlp.b_in") is Tensor bias ? product + bias : product;
    }

    private Tensor? Bias(string name) => weights.TryGet(name, out Tensor? bias) ? bias : null;

    private Tensor Activate(Tensor pre) => weights.Config.Activation switch
    {
        ActivationFunction.Relu => nn.functional.relu(pre),
        ActivationFunction.Gelu => nn.functional.gelu(pre),
        ActivationFunction.GeluTanh => nn.functional.gelu(pre, GELU.Approximate.tanh),
        ActivationFunction.Silu => nn.functional.silu(pre),
        ActivationFunction.Solu or ActivationFunction.SoluLayerNorm => pre * pre.softmax(-1),
        _ => throw new NotSupportedException($"Activation function {weights.Config.Activation} is not implemented."),
    };
}
