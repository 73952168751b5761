using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Models;
using CircuitSpecs.Tests.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Claims;

public class NullModelsTests
{
    // Large enough for the moments of each parameter.
    private static readonly ModelConfig Wide = SmallTransformer.Config with { DModel = 64, Heads = 4, DHead = 16, DMlp = 256, Vocabulary = 100, Context = 40 };
    private static readonly ModelConfig Tied = SmallTransformer.Config with { TiedUnembedding = true };

    [Test]
    public void Shuffling_keeps_the_values_of_each_parameter_and_none_of_their_order()
    {
        using ModelWeights original = SmallTransformer.Weights();
        Dictionary<string, float[]> before = ValuesOf(original);
        using ModelWeights shuffled = NullModels.ShuffledWeights(original, 1);
        shuffled.Names.Should().Equal(original.Names);
        foreach (string name in original.Names)
        {
            float[] values = shuffled[name].Values();
            shuffled[name].shape.Should().Equal(original[name].shape, name);
            values.Order().Should().Equal(before[name].Order(), "only the order of {0} changes", name);
            values.Should().NotEqual(before[name], "{0} is shuffled", name);
        }

        ValuesOf(original).Should().BeEquivalentTo(before, "the input is not touched");
    }

    [Test]
    public void Shuffling_moves_values_from_head_to_head()
    {
        using ModelWeights original = SmallTransformer.Weights();
        using ModelWeights shuffled = NullModels.ShuffledWeights(original, 1);
        int size = original["blocks.0.attn.W_Q"].Values().Length / 3;
        float[] head = original["blocks.0.attn.W_Q"].Values()[..size];
        int stayed = shuffled["blocks.0.attn.W_Q"].Values()[..size].Intersect(head).Count();
        stayed.Should().BeInRange(size / 6, size / 2, "a third is expected to come from the same head of three");
    }

    [TestCase(NullModels.Shuffled)]
    [TestCase(NullModels.Fresh)]
    public void Seed_decides(string kind)
    {
        using ModelWeights original = SmallTransformer.Weights();
        using ModelWeights first = Make(kind, original, 1);
        using ModelWeights again = Make(kind, original, 1);
        using ModelWeights other = Make(kind, original, 2);
        foreach (string name in original.Names)
        {
            first[name].Values().Should().Equal(again[name].Values(), name);
        }

        foreach (string name in original.Names.Where(name => name.Contains(".W_", StringComparison.Ordinal)))
        {
            first[name].Values().Should().NotEqual(other[name].Values(), name);
        }

        (first.Name, other.Name).Should().Be(($"small ({kind} 1)", $"small ({kind} 2)"));
        first.Hash.Should().Be(original.Hash);
        first.Config.Should().BeSameAs(original.Config);
    }

    [TestCase(NullModels.Shuffled)]
    [TestCase(NullModels.Fresh)]
    public void Tied_unembedding_stays_tied(string kind)
    {
        using ModelWeights original = SmallTransformer.Weights(parameters => parameters["unembed.W_U"] = parameters["embed.W_E"].t().contiguous(), Tied);
        using ModelWeights made = Make(kind, original, 1);
        using Tensor transposed = made["embed.W_E"].t();
        made["unembed.W_U"].Values().Should().Equal(transposed.Values());
        made["unembed.W_U"].Values().Should().NotEqual(original["unembed.W_U"].Values());
    }

    [TestCase(NullModels.Shuffled)]
    [TestCase(NullModels.Fresh)]
    public void Untied_unembedding_is_drawn_by_itself(string kind)
    {
        using ModelWeights original = SmallTransformer.Weights();
        using ModelWeights made = Make(kind, original, 1);
        using Tensor transposed = made["embed.W_E"].t();
        made["unembed.W_U"].Values().Should().NotEqual(transposed.Values());
    }

    [Test]
    public void Checkpoint_of_attention_weights_alone_has_null_models_too()
    {
        using ModelWeights original = SmallTransformer.Weights(
            parameters =>
            {
                foreach (string name in parameters.Keys.Where(name => name.StartsWith("embed", StringComparison.Ordinal) || name.StartsWith("unembed", StringComparison.Ordinal)).ToArray())
                {
                    parameters.Remove(name);
                }
            },
            Tied);
        using ModelWeights made = NullModels.ShuffledWeights(original, 1);
        made.Names.Should().Equal(original.Names);
    }

    [Test]
    public void Null_model_outlives_the_original_and_the_scope_it_was_made_in()
    {
        ModelWeights made;
        using (NewDisposeScope())
        {
            using ModelWeights original = SmallTransformer.Weights();
            made = NullModels.FreshInitialisation(original, 1);
        }

        using (made)
        {
            made["blocks.0.ln1.w"].Values().Should().OnlyContain(value => value == 1);
        }
    }

    [Test]
    public void Fresh_weights_are_normal_with_the_deviation_that_training_starts_from()
    {
        using ModelWeights original = SmallTransformer.Weights(config: Wide);
        using ModelWeights fresh = NullModels.FreshInitialisation(original, 3);
        string[] matrices = [.. fresh.Names.Where(name => name.Contains(".W_", StringComparison.Ordinal))];
        matrices.Should().HaveCount((3 * 6) + 3);
        foreach (string name in matrices)
        {
            float[] values = fresh[name].Values();
            bool writes = name.EndsWith("W_O", StringComparison.Ordinal) || name.EndsWith("W_out", StringComparison.Ordinal);
            double deviation = writes ? 0.02 / Math.Sqrt(6) : 0.02;
            double mean = values.Average(value => (double)value);
            double measured = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));

            // Five standard errors of each moment of so many normal numbers.
            mean.Should().BeApproximately(0, 5 * deviation / Math.Sqrt(values.Length), "of {0}", name);
            measured.Should().BeApproximately(deviation, 5 * deviation / Math.Sqrt(2.0 * values.Length), "of {0}", name);
            double beyond = values.Count(value => Math.Abs(value) > 1.959964 * deviation) / (double)values.Length;
            beyond.Should().BeApproximately(0.05, 5 * Math.Sqrt(0.05 * 0.95 / values.Length), "{0} is normal", name);
        }
    }

    [Test]
    public void Fresh_biases_are_zero_and_normalisation_is_the_identity()
    {
        using ModelWeights original = SmallTransformer.Weights();
        using ModelWeights fresh = NullModels.FreshInitialisation(original, 3);
        foreach (string name in fresh.Names.Where(name => !name.Contains(".W_", StringComparison.Ordinal)))
        {
            float expected = name.EndsWith(".w", StringComparison.Ordinal) ? 1 : 0;
            fresh[name].Values().Should().OnlyContain(value => value == expected, name);
        }
    }

    [Test]
    public void Parameters_are_drawn_independently_of_each_other()
    {
        using ModelWeights original = SmallTransformer.Weights();
        using ModelWeights fresh = NullModels.FreshInitialisation(original, 3);
        string[] same = ["blocks.0.attn.W_Q", "blocks.0.attn.W_K", "blocks.0.attn.W_V", "blocks.1.attn.W_Q"];
        same.Select(name => fresh[name].Values()[0]).Should().OnlyHaveUniqueItems();
    }

    [TestCase(NullModels.Shuffled)]
    [TestCase(NullModels.Fresh)]
    public void Processed_weights_are_refused(string kind)
    {
        using ModelWeights original = SmallTransformer.Weights();
        using ModelWeights processed = WeightProcessor.Apply(original, WeightProcessing.FoldValueBiases);
        FluentActions.Invoking(() => Make(kind, processed, 1)).Should().Throw<ArgumentException>().WithMessage("*processed (FoldValueBiases)*");
    }

    private static ModelWeights Make(string kind, ModelWeights weights, int seed) => kind == NullModels.Shuffled ? NullModels.ShuffledWeights(weights, seed) : NullModels.FreshInitialisation(weights, seed);

    private static Dictionary<string, float[]> ValuesOf(ModelWeights weights) => weights.Names.ToDictionary(name => name, name => weights[name].Values());
}
