using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Determinism;

/// <summary>
/// Computations on fixed numbers, large enough that work is split among threads and that every loop of a kernel runs.
/// </summary>
internal static class Workload
{
    /// <summary>The names of the computations and their results.</summary>
    public static IEnumerable<(string Name, Tensor[] Results)> Run()
    {
        foreach ((string name, Func<Tensor[]> compute) in All())
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor[] results = Array.ConvertAll(compute(), r => r.detach().contiguous().MoveToOuterDisposeScope());
            yield return (name, results);
            foreach (Tensor r in results) r.Dispose();
        }
    }

    private static IEnumerable<(string Name, Func<Tensor[]> Compute)> All()
    {
        yield return ("matrix product, few rows", () => [Numbers(1, 15, 768).matmul(Numbers(2, 768, 1031))]);
        yield return ("matrix product, many rows", () => [Numbers(3, 157, 203).matmul(Numbers(4, 203, 131))]);
        yield return ("matrix product, transposed", () => [Numbers(5, 203, 97).t().matmul(Numbers(6, 131, 203).t())]);
        yield return ("matrix product, float64", () => [Numbers(7, 65, 129).@double().matmul(Numbers(8, 129, 77).@double())]);
        yield return ("matrix product, float16", () => [Numbers(7, 33, 65).half().matmul(Numbers(8, 65, 40).half())]);
        yield return ("matrix product, bfloat16", () => [Numbers(7, 33, 65).bfloat16().matmul(Numbers(8, 65, 40).bfloat16())]);
        yield return ("matrix times vector", () => [Numbers(9, 700, 301).matmul(Numbers(10, 301)), Numbers(10, 301).matmul(Numbers(9, 700, 301).t())]);
        yield return ("batched product", () => [Numbers(11, 6, 37, 64).matmul(Numbers(12, 6, 64, 41)), Numbers(11, 6, 37, 64).matmul(Numbers(13, 6, 40, 64).mT)]);
        yield return ("linear with bias", () => [nn.functional.linear(Numbers(14, 4, 33, 96), Numbers(15, 257, 96), Numbers(16, 257))]);
        yield return ("einsum", () => [einsum("bqhd,bkhd->bhqk", Numbers(17, 2, 31, 4, 16), Numbers(18, 2, 29, 4, 16))]);
        yield return ("attention", () => [nn.functional.scaled_dot_product_attention(Numbers(19, 2, 4, 70, 32), Numbers(20, 2, 4, 70, 32), Numbers(21, 2, 4, 70, 32))]);
        yield return ("causal attention", () => [nn.functional.scaled_dot_product_attention(Numbers(19, 2, 4, 70, 32), Numbers(20, 2, 4, 70, 32), Numbers(21, 2, 4, 70, 32), is_casual: true)]);
        yield return ("softmax", () => [Numbers(22, 210, 777).softmax(-1), Numbers(22, 210, 777).softmax(0), Numbers(23, 21, 77, 30).softmax(1)]);
        yield return ("log_softmax", () => [Numbers(22, 210, 777).log_softmax(-1), Numbers(22, 210, 777).log_softmax(0)]);
        yield return ("logsumexp", () => [Numbers(22, 210, 777).logsumexp(-1), Numbers(22, 210, 777).logsumexp(0)]);
        yield return ("layer norm", () => [nn.functional.layer_norm(Numbers(24, 67, 768), [768], Numbers(25, 768), Numbers(26, 768)), nn.functional.layer_norm(Numbers(24, 67, 768), [67, 768])]);
        yield return ("sums", () => [Numbers(27, 70001).sum(), Numbers(28, 311, 257).sum(0L), Numbers(28, 311, 257).sum(1L), Numbers(29, 31, 41, 53).sum([0, 2])]);
        yield return ("means and variances", () => [Numbers(27, 70001).mean(), Numbers(28, 311, 257).var(0L), Numbers(28, 311, 257).std(1L), Numbers(27, 70001).var()]);
        yield return ("norms and extremes", () => [Numbers(28, 311, 257).norm(), Numbers(28, 311, 257).norm(1), Numbers(28, 311, 257).amax([0]), Numbers(28, 311, 257).argmax(1).to_type(ScalarType.Float32)]);
        yield return ("running totals", () => [Numbers(28, 311, 257).cumsum(0), Numbers(28, 311, 257).cumsum(1), Numbers(30, 20, 30).mul(0.3).add(1).cumprod(1)]);
        yield return ("sort", () => [Numbers(28, 311, 257).sort(0).Values, Numbers(28, 311, 257).topk(5).values]);
        yield return ("activations", () => [Numbers(31, 40001).gelu(), Numbers(31, 40001).gelu(GELU.Approximate.tanh), Numbers(31, 40001).silu(), Numbers(31, 40001).relu(), Numbers(31, 40001).sigmoid(), Numbers(31, 40001).tanh()]);
        yield return ("exponentials", () => [Numbers(31, 40001).exp(), Numbers(31, 40001).exp2(), Numbers(31, 40001).expm1(), Numbers(31, 40001).sinh(), Numbers(31, 40001).cosh(), Numbers(31, 40001).mul(3).@double().exp()]);
        yield return ("logarithms", () => [Numbers(31, 40001).square().add(0.1).log(), Numbers(31, 40001).square().add(0.1).log2(), Numbers(31, 40001).square().add(0.1).log10(), Numbers(31, 40001).square().log1p()]);
        yield return ("trigonometry", () => [Numbers(31, 40001).mul(4).sin(), Numbers(31, 40001).mul(4).cos(), Numbers(31, 40001).mul(0.5).tan(), Numbers(31, 40001).mul(0.2).asin(), Numbers(31, 40001).mul(0.2).acos(), Numbers(31, 40001).atan()]);
        yield return ("error functions", () => [Numbers(31, 40001).erf(), Numbers(31, 40001).erfc(), Numbers(31, 4001).@double().erf()]);
        yield return ("arithmetic", () => [Numbers(28, 311, 257) + Numbers(32, 257), Numbers(28, 311, 257).t() * Numbers(33, 257, 311), Numbers(28, 311, 257) / Numbers(34, 311, 1).square().add(1), Numbers(28, 311, 257).abs().pow(1.7)]);
        yield return ("reduced types", () => [Numbers(31, 40001).half().exp(), Numbers(31, 40001).bfloat16().mul(3), Numbers(31, 40001).half().sum()]);
        yield return ("indexing", () => [Numbers(28, 311, 257).index_select(0, Places(35, 311, 900)), zeros(40, 257).index_put_(Numbers(36, 900, 257), [TensorIndex.Tensor(Places(37, 40, 900))], accumulate: true), zeros(40, 257).scatter_add(0, Places(37, 40, 900).unsqueeze(1).expand(900, 257), Numbers(36, 900, 257))]);
        yield return ("losses", () => [nn.functional.cross_entropy(Numbers(38, 130, 301), Places(39, 301, 130)), nn.functional.kl_div(Numbers(38, 130, 301).log_softmax(1), Numbers(40, 130, 301).log_softmax(1)), nn.functional.cosine_similarity(Numbers(38, 130, 301), Numbers(40, 130, 301))]);
        yield return ("forward and backward of a transformer", () => TransformerStep.Run(2, 48, 4, 3, 61, 101));
    }

    /// <summary>Numbers between -3 and 3 that owe nothing to the engine's own generator.</summary>
    public static Tensor Numbers(int seed, params long[] shape)
    {
        var random = new Random(seed);
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(random.NextDouble() * 6 - 3);
        return tensor(values, shape);
    }

    public static Tensor Places(int seed, int limit, int count)
    {
        var random = new Random(seed);
        return tensor(Enumerable.Range(0, count).Select(_ => random.NextInt64(limit)).ToArray());
    }
}
