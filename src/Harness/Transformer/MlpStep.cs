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
        Tensor pre = hooks.At(block + "mlp.hook_pre", Affine.Apply(normalized, weights[block + "mlp.W_in"], Bias(block + "mlp.b_in")));
        Tensor post = hooks.At(block + "mlp.hook_post", Activate(pre));
        return Affine.Apply(post, weights[block + "mlp.W_out"], Bias(block + "mlp.b_out"));
    }

    private Tensor? Bias(string name) => weights.TryGet(name, out Tensor? bias) ? bias : null;

    private Tensor Activate(Tensor pre) => weights.Config.Activation switch
    {
        ActivationFunction.Relu => nn.functional.relu(pre),
        ActivationFunction.Gelu => nn.functional.gelu(pre),
        ActivationFunction.GeluTanh => nn.functional.gelu(pre, GELU.Approximate.tanh),
        ActivationFunction.Silu => nn.functional.silu(pre),
        _ => throw new NotSupportedException($"Activation function {weights.Config.Activation} is not implemented."),
    };
}
