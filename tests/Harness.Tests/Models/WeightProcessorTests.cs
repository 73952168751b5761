using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Models;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WeightProcessorTests
{
    private readonly TinyGpt2 model = new();
    private TemporaryFolder folder = null!;
    private ModelWeights raw = null!;

    [SetUp]
    public void Load()
    {
        folder = new TemporaryFolder();
        raw = ModelLoader.Load(model.WriteTo(folder.Path));
    }

    [TearDown]
    public void Free()
    {
        raw.Dispose();
        folder.Dispose();
    }

    private static IEnumerable<TestCaseData> Processed() => GoldenFolder.FileCases("architectures", "gpt2*", "processed_params.safetensors");

    [TestCaseSource(nameof(Processed)), Category("Golden")]
    public void All_processing_gives_the_parameters_of_TransformerLens(string path)
    {
        string file = GoldenFolder.PathOrIgnore(path);
        using ModelWeights stored = ModelLoader.Load(Path.GetDirectoryName(file)!);
        using ModelWeights processed = WeightProcessor.Apply(stored, WeightProcessing.All);
        processed.ShouldBe(GoldenFolder.Tensors(file), tolerance: 1e-5);
    }

    [Test]
    public void Folding_LayerNorm_moves_weight_and_bias_into_the_readers()
    {
        using ModelWeights folded = WeightProcessor.Apply(raw, WeightProcessing.FoldLayerNorm);

        folded.Names.Should().NotContain(name => name.Contains("ln", StringComparison.Ordinal));
        (float[] weight, float[] bias, float[] matrix) = (raw["blocks.1.ln2.w"].Values(), raw["blocks.1.ln2.b"].Values(), raw["blocks.1.mlp.W_in"].Values());
        for (int neuron = 0; neuron < 6; neuron++)
        {
            double[] scaled = [.. Enumerable.Range(0, 4).Select(row => (double)weight[row] * matrix[(row * 6) + neuron])];
            double shift = Enumerable.Range(0, 4).Sum(row => (double)bias[row] * matrix[(row * 6) + neuron]);
            for (int row = 0; row < 4; row++)
            {
                folded["blocks.1.mlp.W_in"].Values()[(row * 6) + neuron].Should().BeApproximately((float)(scaled[row] - scaled.Average()), 1e-5f);
            }

            folded["blocks.1.mlp.b_in"].Values()[neuron].Should().BeApproximately((float)(raw["blocks.1.mlp.b_in"].Values()[neuron] + shift), 1e-5f);
        }
    }

    [Test]
    public void Centring_writing_weights_leaves_no_mean_over_the_residual_stream()
    {
        using ModelWeights centred = WeightProcessor.Apply(raw, WeightProcessing.CenterWritingWeights);
        string[] written = ["embed.W_E", "pos_embed.W_pos", "blocks.0.attn.W_O", "blocks.0.attn.b_O", "blocks.1.mlp.W_out", "blocks.1.mlp.b_out"];
        foreach (string name in written)
        {
            centred[name].Values().Chunk(4).Select(row => row.Average()).Should().OnlyContain(mean => Math.Abs(mean) < 1e-5, "{0} writes to the residual stream", name);
        }

        string[] others = [.. raw.Names.Except(centred.Names.Where(name => name.EndsWith("O", StringComparison.Ordinal) || name.EndsWith("out", StringComparison.Ordinal) || name is "embed.W_E" or "pos_embed.W_pos"))];
        others.Should().Contain("unembed.W_U");
        others.Should().OnlyContain(name => centred[name].Values().SequenceEqual(raw[name].Values()));
    }

    [Test]
    public void Centring_the_unembedding_leaves_no_mean_over_the_vocabulary()
    {
        using ModelWeights centred = WeightProcessor.Apply(raw, WeightProcessing.CenterUnembed);
        centred["unembed.W_U"].Values().Chunk(5).Select(row => row.Average()).Should().OnlyContain(mean => Math.Abs(mean) < 1e-5);
        centred["embed.W_E"].Values().Should().Equal(raw["embed.W_E"].Values());
    }

    [Test]
    public void Folding_value_biases_moves_what_all_heads_write_anyway()
    {
        using ModelWeights folded = WeightProcessor.Apply(raw, WeightProcessing.FoldValueBiases);
        (float[] values, float[] output) = (raw["blocks.0.attn.b_V"].Values(), raw["blocks.0.attn.W_O"].Values());
        folded["blocks.0.attn.b_V"].Values().Should().OnlyContain(value => value == 0);
        for (int column = 0; column < 4; column++)
        {
            double written = Enumerable.Range(0, 4).Sum(row => (double)values[row] * output[(row * 4) + column]);
            folded["blocks.0.attn.b_O"].Values()[column].Should().BeApproximately((float)(raw["blocks.0.attn.b_O"].Values()[column] + written), 1e-5f);
        }
    }

    [Test]
    public void The_input_is_left_as_it_was_and_may_be_disposed_first()
    {
        var before = raw.AsGolden(value => value);
        using ModelWeights processed = WeightProcessor.Apply(raw, WeightProcessing.All);
        using ModelWeights untouched = WeightProcessor.Apply(raw, WeightProcessing.None);
        raw.ShouldBe(before, tolerance: 0);

        raw.Dispose();
        untouched.ShouldBe(before, tolerance: 0);
        processed["blocks.0.mlp.b_in"].Values().Should().HaveCount(6);
        (processed.Hash, processed.Processing, processed.Name).Should().Be((raw.Hash, WeightProcessing.All, raw.Name));
    }

    [Test]
    public void Processing_twice_is_refused()
    {
        using ModelWeights processed = WeightProcessor.Apply(raw, WeightProcessing.CenterUnembed);
        Action again = () => WeightProcessor.Apply(processed, WeightProcessing.FoldLayerNorm);
        again.Should().Throw<ArgumentException>().WithMessage("*processed already (CenterUnembed)*");
    }

    [Test]
    public void Attention_weights_alone_can_be_processed()
    {
        using ModelWeights attention = ModelLoader.Load(folder.Path, WeightScope.Attention);
        using ModelWeights expected = WeightProcessor.Apply(raw, WeightProcessing.All);
        using ModelWeights processed = WeightProcessor.Apply(attention, WeightProcessing.All);

        processed.Names.Should().Equal(expected.Names.Where(name => name.Contains(".attn.", StringComparison.Ordinal) || name == "pos_embed.W_pos"));
        processed.Names.Should().OnlyContain(name => processed[name].Values().SequenceEqual(expected[name].Values()));
    }
}
