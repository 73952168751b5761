using BenchmarkDotNet.Attributes;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Bench;

/// <summary>A forward pass of a shipped organism: bare, with the whole cache, and the last position's logits alone.</summary>
public class OrganismForward
{
    private HookedTransformer model = null!;
    private Tensor tokens = null!;
    private Tensor last = null!;

    /// <summary>Prompts a batch.</summary>
    [Params(1, 32)]
    public int Batch { get; set; }

    /// <summary>Loads the model.</summary>
    [GlobalSetup]
    public void Load()
    {
        model = new HookedTransformer(ModelStore.Default.Weights("organism-a"));
        last = full([Batch, 1], model.Config.Context - 1, dtype: ScalarType.Int64);
        tokens = randint(1, model.Config.Vocabulary, [Batch, model.Config.Context], dtype: ScalarType.Int64);
    }

    /// <summary>Logits at every position.</summary>
    [Benchmark(Baseline = true)]
    public void Forward() => model.Forward(tokens).Dispose();

    /// <summary>Logits at the last position.</summary>
    [Benchmark]
    public void LastPosition() => model.Forward(tokens, new ForwardOptions { LogitsAt = last }).Dispose();

    /// <summary>With every activation kept.</summary>
    [Benchmark]
    public void WithCache() => model.RunWithCache(tokens).Dispose();
}
