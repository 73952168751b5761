using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models;

/// <summary>A model that is larger than the memory that it may take gives the same bits as one that is not.</summary>
[NonParallelizable]
public sealed class StreamedWeightsTests
{
    public static IEnumerable<TestCaseData> Goldens => GoldenFolder.FileCases("architectures", "*", "golden.safetensors");

    [TearDown]
    public void ForgetTheLimit() => Environment.SetEnvironmentVariable(MemoryLimit.Variable, null);

    [TestCaseSource(nameof(Goldens))]
    public void Streaming_changes_no_bit(string golden)
    {
        using DisposeScope scope = NewDisposeScope();
        string folder = Path.GetDirectoryName(GoldenFolder.PathOrIgnore(golden))!;
        Tensor tokens = tensor(GoldenFolder.Tensors(golden)["tokens"].Longs, GoldenFolder.Tensors(golden)["tokens"].Shape.AsSpan());
        using ModelWeights whole = ModelLoader.Load(folder);
        long largest = whole.Names.GroupBy(StreamedParametersGroup).Max(group => group.Sum(name => whole[name].numel() * sizeof(float)));
        whole.AreStreamed.Should().BeFalse();

        Environment.SetEnvironmentVariable(MemoryLimit.Variable, ((long)Math.Ceiling(largest / 0.6) + 1).ToString());
        MemoryLimit.ForWeights.Should().BeInRange(largest, largest + 2);
        using ModelWeights streamed = ModelLoader.Load(folder);

        streamed.AreStreamed.Should().BeTrue();
        streamed.Names.Should().Equal(whole.Names);
        streamed.Hash.Should().Be(whole.Hash);
        foreach (WeightProcessing processing in (WeightProcessing[])[WeightProcessing.None, WeightProcessing.All])
        {
            using var expected = new HookedTransformer(processing == WeightProcessing.None ? whole : WeightProcessor.Apply(whole, processing));
            using var actual = new HookedTransformer(processing == WeightProcessing.None ? streamed : WeightProcessor.Apply(streamed, processing));
            actual.Weights.Names.Should().Equal(expected.Weights.Names, "processing is {0}", processing);
            actual.Forward(tokens).data<float>().ToArray().Should().Equal(expected.Forward(tokens).data<float>().ToArray(), "processing is {0}", processing);
        }

        streamed.PeakStreamedBytes.Should().BePositive().And.BeLessThanOrEqualTo(largest + 2, "that is the limit, and the largest group fits it");
    }

    [TestCase("gpt2", NullModels.Shuffled)]
    [TestCase("gpt2", NullModels.Fresh)]
    [TestCase("llama3-rope", NullModels.Shuffled)]
    [Category("Golden")]
    public void Null_models_of_streamed_weights_are_streamed_and_the_same(string architecture, string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        string folder = GoldenFolder.PathOrIgnore("architectures", architecture);
        using ModelWeights whole = ModelLoader.Load(folder);
        long largest = whole.Names.GroupBy(StreamedParametersGroup).Max(group => group.Sum(name => whole[name].numel() * sizeof(float)));
        Environment.SetEnvironmentVariable(MemoryLimit.Variable, ((long)Math.Ceiling(largest / 0.6) + 1).ToString());
        using ModelWeights streamed = ModelLoader.Load(folder);
        ModelWeights Null(ModelWeights weights) => kind == NullModels.Shuffled ? NullModels.ShuffledWeights(weights, 4) : NullModels.FreshInitialisation(weights, 4);
        using ModelWeights expected = Null(whole);

        using ModelWeights made = Null(streamed);

        made.AreStreamed.Should().BeTrue();
        made.Name.Should().Be(expected.Name);
        made.Names.Should().Equal(expected.Names);
        foreach (string name in made.Names)
        {
            made[name].shape.Should().Equal(expected[name].shape);
            made[name].data<float>().ToArray().Should().Equal(expected[name].data<float>().ToArray(), name);
            streamed[name].data<float>().ToArray().Should().Equal(whole[name].data<float>().ToArray(), "the original is not touched");
        }

        using ModelWeights processed = WeightProcessor.Apply(made, WeightProcessing.All);
        using ModelWeights wholeProcessed = WeightProcessor.Apply(expected, WeightProcessing.All);
        processed["blocks.1.attn.W_Q"].data<float>().ToArray().Should().Equal(wholeProcessed["blocks.1.attn.W_Q"].data<float>().ToArray());
        ((ModelWeights[])[streamed, made, processed]).Should().OnlyContain(weights => weights.PeakStreamedBytes <= largest + 2, "all models share the limit");
    }

    [TestCase("1000", 1000)]
    [TestCase("6GB", 6_000_000_000)]
    [TestCase(" 1.5 MiB ", 1_572_864)]
    public void An_amount_of_memory_is_read(string text, long bytes) => MemoryLimit.Parse(text).Should().Be(bytes);

    [TestCase("much")]
    [TestCase("-1")]
    [TestCase("0")]
    [TestCase("200%")]
    public void What_is_no_amount_of_memory_is_refused(string text)
    {
        Action parse = () => MemoryLimit.Parse(text);
        parse.Should().Throw<FormatException>().WithMessage($"*CIRCUITSPECS_MEMORY*'{text}'*");
    }

    private static string StreamedParametersGroup(string name) =>
        name.StartsWith("blocks.", StringComparison.Ordinal) ? name.Split('.')[1] : name.StartsWith("unembed", StringComparison.Ordinal) || name.StartsWith("ln_final", StringComparison.Ordinal) ? "unembed" : "embed";
}
