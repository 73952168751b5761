using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Claims;

public class NullModelsTests
{
    [Test]
    public void Shuffling_keeps_the_values_of_every_parameter_and_changes_their_places()
    {
        using ModelWeights weights = SmallTransformer.Weights();
        using ModelWeights shuffled = NullModels.ShuffledWeights(weights, seed: 1);
        shuffled.Names.Should().Equal(weights.Names);
        foreach (string name in weights.Names)
        {
            float[] before = Values(weights, name);
            float[] after = Values(shuffled, name);
            shuffled[name].shape.Should().Equal(weights[name].shape);
            after.Order().Should().Equal(before.Order(), name);
            after.Should().NotEqual(before, name);
        }
    }

    [Test]
    public void Equal_seeds_give_equal_nulls_and_others_give_others()
    {
        using ModelWeights weights = SmallTransformer.Weights();
        foreach (Func<ModelWeights, int, ModelWeights> make in (Func<ModelWeights, int, ModelWeights>[])[NullModels.ShuffledWeights, NullModels.FreshInitialisation])
        {
            using ModelWeights first = make(weights, 1);
            using ModelWeights again = make(weights, 1);
            using ModelWeights other = make(weights, 2);
            Values(again, "blocks.1.attn.W_Q").Should().Equal(Values(first, "blocks.1.attn.W_Q"));
            Values(other, "blocks.1.attn.W_Q").Should().NotEqual(Values(first, "blocks.1.attn.W_Q"));
            Values(first, "blocks.1.attn.W_Q").Should().NotEqual(Values(first, "blocks.1.attn.W_K"));
        }
    }

    [Test]
    public void Model_under_test_is_left_alone()
    {
        using ModelWeights weights = SmallTransformer.Weights();
        float[] before = Values(weights, "embed.W_E");
        NullModels.ShuffledWeights(weights, 1).Dispose();
        NullModels.FreshInitialisation(weights, 1).Dispose();
        Values(weights, "embed.W_E").Should().Equal(before);
    }

    [Test]
    public void Tied_unembedding_stays_tied()
    {
        ModelConfig tied = SmallTransformer.Config with { TiedUnembedding = true };
        using ModelWeights weights = SmallTransformer.Weights(parameters => parameters["unembed.W_U"] = parameters["embed.W_E"].t(), tied);
        using ModelWeights shuffled = NullModels.ShuffledWeights(weights, 1);
        Values(shuffled, "unembed.W_U").Should().Equal(shuffled["embed.W_E"].t().contiguous().data<float>().ToArray());
    }

    [TestCase("blocks.0.attn.W_Q", 0.02)]
    [TestCase("blocks.0.mlp.W_in", 0.02)]
    [TestCase("embed.W_E", 0.02)]
    [TestCase("blocks.0.attn.W_O", 0.02 / 2)]
    [TestCase("blocks.0.mlp.W_out", 0.02 / 2)]
    public void Fresh_weights_have_the_spread_that_GPT2_starts_from(string name, double deviation)
    {
        // Two layers: what writes to the residual stream is divided by √(2 · 2) = 2.
        ModelConfig wide = SmallTransformer.Config with { Layers = 2, DModel = 64, Heads = 4, DHead = 16, DMlp = 128, Vocabulary = 100, AttentionDivisor = [4, 4] };
        using ModelWeights weights = SmallTransformer.Weights(config: wide);
        using ModelWeights fresh = NullModels.FreshInitialisation(weights, 1);
        double[] values = [.. Values(fresh, name).Select(value => (double)value)];
        double error = deviation / Math.Sqrt(values.Length);
        values.Average().Should().BeApproximately(0, 4 * error);
        Math.Sqrt(values.Average(value => value * value)).Should().BeApproximately(deviation, 4 * error);
    }

    [Test]
    public void Fresh_biases_are_zero_and_norms_one()
    {
        using ModelWeights weights = SmallTransformer.Weights();
        using ModelWeights fresh = NullModels.FreshInitialisation(weights, 1);
        foreach (string name in fresh.Names.Where(name => name.Split('.')[^1].StartsWith('b')))
        {
            Values(fresh, name).Should().OnlyContain(value => value == 0, name);
        }

        Values(fresh, "blocks.2.ln1.w").Should().OnlyContain(value => value == 1);
        Values(fresh, "ln_final.w").Should().OnlyContain(value => value == 1);
    }

    [Test]
    public void Processed_weights_are_refused()
    {
        using ModelWeights weights = SmallTransformer.Weights();
        using ModelWeights processed = WeightProcessor.Apply(weights, WeightProcessing.All);
        Action shuffle = () => NullModels.ShuffledWeights(processed, 1);
        shuffle.Should().Throw<ArgumentException>().WithMessage("*unprocessed*");
    }

    private static float[] Values(ModelWeights weights, string name)
    {
        using var scope = NewDisposeScope();
        return weights[name].contiguous().data<float>().ToArray();
    }
}
