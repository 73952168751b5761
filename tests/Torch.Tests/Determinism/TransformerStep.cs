using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Determinism;

/// <summary>A small pre-norm transformer: its loss and the gradients of all its weights.</summary>
internal static class TransformerStep
{
    public static Tensor[] Run(int layers, int width, int heads, int batch, int length, int vocabulary)
    {
        int seed = 100;
        var weights = new List<Tensor>();
        Tensor Weight(double size, params long[] shape)
        {
            Tensor w = Workload.Numbers(seed++, shape).mul(size).detach().requires_grad_();
            weights.Add(w);
            return w;
        }

        Tensor tokens = Workload.Places(7, vocabulary, batch * length).reshape(batch, length);
        Tensor targets = Workload.Places(8, vocabulary, batch * length);
        Tensor x = Weight(0.3, vocabulary, width)[tokens] + Weight(0.1, length, width);
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor normed = nn.functional.layer_norm(x, [width], Weight(0.5, width), Weight(0.1, width));
            Tensor[] parts = nn.functional.linear(normed, Weight(0.1, 3 * width, width), Weight(0.1, 3 * width)).chunk(3, -1)
                .Select(t => t.view(batch, length, heads, width / heads).transpose(1, 2)).ToArray();
            Tensor mixed = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true)
                .transpose(1, 2).reshape(batch, length, width);
            x = x + nn.functional.linear(mixed, Weight(0.1, width, width), Weight(0.1, width));
            Tensor hidden = nn.functional.linear(nn.functional.layer_norm(x, [width], Weight(0.5, width), Weight(0.1, width)), Weight(0.1, 4 * width, width), Weight(0.1, 4 * width));
            x = x + nn.functional.linear(hidden.gelu(), Weight(0.1, width, 4 * width), Weight(0.1, width));
        }

        Tensor logits = nn.functional.layer_norm(x, [width]).matmul(Weight(0.1, width, vocabulary));
        Tensor loss = nn.functional.cross_entropy(logits.reshape(-1, vocabulary), targets);
        loss.backward();
        return [logits.detach(), loss.detach(), .. weights.Select(w => w.grad!)];
    }
}
