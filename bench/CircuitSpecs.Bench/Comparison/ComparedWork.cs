using System.Globalization;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Bench.Comparison;

/// <summary>The work that is timed against PyTorch, by the names that <c>compare.py</c> gives it; shapes are part of the names.</summary>
internal sealed class ComparedWork(string? folder) : IDisposable
{
    private readonly Dictionary<string, Func<Tensor>> made = [];
    private ModelWeights? weights;
    private HookedTransformer? model;

    private HookedTransformer Model => model ??= new HookedTransformer(weights = ModelLoader.Load(folder ?? throw new InvalidOperationException("This work needs the folder of a model.")));

    /// <summary>The work of that name; its inputs are made at the first call.</summary>
    public Func<Tensor> Named(string name)
    {
        if (!made.TryGetValue(name, out Func<Tensor>? work))
        {
            made[name] = work = Make(name);
        }

        return work;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model?.Dispose();
        weights?.Dispose();
    }

    /// <summary>The tokens that both sides run on.</summary>
    public static Tensor Tokens(long batch, long length, long vocabulary) =>
        tensor(Enumerable.Range(0, (int)(batch * length)).Select(i => ((i * 7919L) + 13) % vocabulary).ToArray(), [batch, length]);

    private Func<Tensor> Make(string name)
    {
        string[] parts = name.Split('_');
        long[] sizes = [.. parts[^1].Split('x').Select(size => long.Parse(size, CultureInfo.InvariantCulture))];
        switch (string.Join('_', parts[..^1]))
        {
            case "sgemm":
            {
                Tensor a = randn(sizes[0], sizes[1]);
                Tensor b = randn(sizes[1], sizes[2]);
                return () => a.mm(b);
            }

            case "sgemm_fresh":
            {
                // The right operand was written since the last product, so that nothing prepared from it may be used.
                Tensor a = randn(sizes[0], sizes[1]);
                Tensor b = randn(sizes[1], sizes[2]);
                return () =>
                {
                    b[0, 0] = 1f;
                    return a.mm(b);
                };
            }

            case "attention":
            {
                Tensor q = randn(sizes), k = randn(sizes), v = randn(sizes);
                return () => nn.functional.scaled_dot_product_attention(q, k, v);
            }

            case "attention_causal":
            {
                Tensor q = randn(sizes), k = randn(sizes), v = randn(sizes);
                return () => nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true);
            }

            case "layer_norm":
            {
                Tensor x = randn(sizes), gain = randn(sizes[^1]), shift = randn(sizes[^1]);
                return () => nn.functional.layer_norm(x, [sizes[^1]], gain, shift);
            }

            case "softmax":
            {
                Tensor x = randn(sizes);
                return () => x.softmax(-1);
            }

            case "gelu_erf":
            {
                Tensor x = randn(sizes);
                return () => nn.functional.gelu(x);
            }

            case "gelu_tanh":
            {
                Tensor x = randn(sizes);
                return () => nn.functional.gelu(x, GELU.Approximate.tanh);
            }

            case "forward_last":
            {
                Tensor tokens = Tokens(sizes[0], sizes[1], Model.Config.Vocabulary), last = full([sizes[0], 1], sizes[1] - 1, ScalarType.Int64);
                return () => Model.Forward(tokens, new ForwardOptions { LogitsAt = last });
            }

            case "forward_full":
            {
                Tensor tokens = Tokens(sizes[0], sizes[1], Model.Config.Vocabulary);
                return () => Model.Forward(tokens);
            }

            case "organism_backward":
                return new OrganismTraining(sizes[0], sizes[1]).Run;

            default:
                throw new InvalidOperationException($"Unknown work: {name}");
        }
    }
}
