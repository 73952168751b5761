using System.Globalization;
using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>SmolLM2's residual stream: its norm, what stands out in it, and what goes when that is taken out; induction by what heads write.</summary>
[Category("Golden"), Category("Slow")]
public sealed class SmolLm2StreamTests
{
    private static HookedTransformer Model => SmolLm2Model.OrIgnore();

    [Test]
    public void Norms_and_largest_dimensions_of_the_first_token()
    {
        using DisposeScope scope = NewDisposeScope();
        int layers = Model.Config.Layers;
        PromptBatch batch = CircuitFacts.Prose().Batches().Single();
        using CachedRun run = Model.RunWithCache(batch.Tokens(), [.. Enumerable.Range(0, layers).Select(Hook.ResidPost)], options: new ForwardOptions { StopAtLayer = layers });
        Tensor stream = stack([.. Enumerable.Range(0, layers).Select(layer => run.Cache[Hook.ResidPost(layer)])]);
        Tensor norms = stream.norm(-1);
        float[] first = norms.select(2, 0).mean([1]).data<float>().ToArray();
        float[] rest = norms.narrow(2, 1, batch.Length - 1).mean([1, 2]).data<float>().ToArray();
        JsonElement outliers = CircuitFacts.Facts.GetProperty("outliers");

        // Relative: the first token's norm reaches 20,000.
        first.Zip(CircuitFacts.Tables["resid.norm_pos0"].Floats).Should().AllSatisfy(pair => pair.First.Should().BeApproximately(pair.Second, 1e-4f * pair.Second));
        rest.Zip(CircuitFacts.Tables["resid.norm_rest"].Floats).Should().AllSatisfy(pair => pair.First.Should().BeApproximately(pair.Second, 1e-4f * pair.Second));
        for (int layer = 0; layer < layers; layer++)
        {
            float[] values = stream[layer, 0, 0].data<float>().ToArray();
            double[][] recorded = [.. outliers.GetProperty("pos0").GetProperty(layer.ToString(CultureInfo.InvariantCulture)).EnumerateArray().Select(GoldenFolder.Numbers)];
            Enumerable.Range(0, values.Length).OrderByDescending(dimension => Math.Abs(values[dimension])).Take(recorded.Length).Should().Equal(recorded.Select(entry => (int)entry[0]));
            recorded.Should().AllSatisfy(entry => ((double)values[(int)entry[0]]).Should().BeApproximately(entry[1], 0.05 + (1e-4 * Math.Abs(entry[1]))));
        }
    }

    [Test]
    public void What_each_block_adds_to_the_first_token()
    {
        using DisposeScope scope = NewDisposeScope();
        int layers = Model.Config.Layers;
        using CachedRun run = Model.RunWithCache(CircuitFacts.Prose().Batches().Single().Tokens(), [.. Enumerable.Range(0, layers).Select(Hook.ResidPost)], options: new ForwardOptions { StopAtLayer = layers });
        Tensor first = stack([.. Enumerable.Range(0, layers).Select(layer => run.Cache[Hook.ResidPost(layer)][0, 0])]);
        JsonElement outliers = CircuitFacts.Facts.GetProperty("outliers");

        float[] added = (first.narrow(0, 1, layers - 1) - first.narrow(0, 0, layers - 1)).norm(-1).data<float>().ToArray();

        added.Zip(GoldenFolder.Numbers(outliers.GetProperty("pos0_jump"))).Should().AllSatisfy(pair => ((double)pair.First).Should().BeApproximately(pair.Second, 0.05 + (1e-4 * pair.Second)));
        (1 + Array.IndexOf(added, added.Max())).Should().Be(outliers.GetProperty("largest_pos0_jump_layer").GetInt32());
    }

    /// <summary>Dettmers et al. (2022) mean what a layer multiplies; in the raw stream, which grows, every dimension is large somewhere.</summary>
    [Test]
    public void Outlier_dimensions_of_what_layers_read_and_of_the_stream()
    {
        JsonElement outliers = CircuitFacts.Facts.GetProperty("outliers");

        OutlierDimensions.Of(Model, CircuitFacts.Prose(), OutlierInput.Normalized).AnyInLayer.Should().Equal(AnalysisGolden.Integers(outliers.GetProperty("dettmers_dims_normed")));
        OutlierDimensions.Of(Model, CircuitFacts.Prose(), OutlierInput.Residual).AnyInLayer.Should().Equal(AnalysisGolden.Integers(outliers.GetProperty("dettmers_dims_resid")));
    }

    [Test]
    public void Loss_without_the_largest_dimensions()
    {
        const int Dimension = 507;
        JsonElement recorded = CircuitFacts.Facts.GetProperty("outliers").GetProperty("zero_dims");
        double Without(int[] dimensions, bool rest, bool first) => Model.Loss(CircuitFacts.Prose(), new Edit("zero dimensions", Hook.ResidPost(14), stream =>
        {
            Tensor changed = stream.clone();
            foreach (int dimension in dimensions)
            {
                changed[TensorIndex.Colon, TensorIndex.Slice(first ? 0 : 1, rest ? null : 1), dimension] = tensor(0f);
            }

            return changed;
        })).Value;

        Without([Dimension], rest: false, first: true).Should().BeApproximately(recorded.GetProperty("507 @pos0 after L14").GetDouble(), CircuitFacts.LogitsAndLosses);
        Without([Dimension, 247], rest: false, first: true).Should().BeApproximately(recorded.GetProperty("507,247 @pos0 after L14").GetDouble(), CircuitFacts.LogitsAndLosses);
        Without([Dimension, 247], rest: true, first: false).Should().BeApproximately(recorded.GetProperty("507,247 @rest after L14").GetDouble(), CircuitFacts.LogitsAndLosses);
        Without([Dimension, 247], rest: true, first: true).Should().BeApproximately(recorded.GetProperty("507,247 all after L14").GetDouble(), CircuitFacts.LogitsAndLosses);
        Without([49, 466], rest: true, first: true).Should().BeApproximately(recorded.GetProperty("random [49, 466] all after L14").GetDouble(), CircuitFacts.LogitsAndLosses);
    }

    [Test]
    public void Loss_without_an_mlp_at_the_first_token()
    {
        foreach (JsonProperty entry in CircuitFacts.Facts.GetProperty("outliers").GetProperty("zero_mlp_pos0").EnumerateObject())
        {
            int layer = int.Parse(entry.Name, CultureInfo.InvariantCulture);
            var zero = new Edit($"zero mlp{layer} at position 0", Hook.MlpOut(layer), written => cat([zeros_like(written.narrow(1, 0, 1)), written.narrow(1, 1, written.shape[1] - 1)], 1));
            Model.Loss(CircuitFacts.Prose(), zero).Value.Should().BeApproximately(entry.Value.GetDouble(), CircuitFacts.LogitsAndLosses, "that is without mlp{0}", layer);
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void What_heads_write_towards_the_next_token_of_a_repeated_sequence(bool bos)
    {
        using DisposeScope scope = NewDisposeScope();
        ModelWeights weights = Model.Weights;
        PromptBatch batch = CircuitFacts.RandomPairs(bos).Batches().Single();
        int length = CircuitFacts.Facts.GetProperty("scores").GetProperty("L").GetInt32();

        // Where a token of the second copy is followed by another.
        int start = (bos ? 1 : 0) + length;
        int count = length - 1;
        Tensor tokens = batch.Tokens();
        Tensor next = tokens.narrow(1, start + 1, count).reshape(-1);
        Tensor unembedding = weights["unembed.W_U"];
        Tensor directions = (unembedding.index_select(1, next) - unembedding.mean([1], keepdim: true)).transpose(0, 1) * weights["ln_final.w"];
        double[][] parts = new double[Model.Config.Layers][];
        float[] scale = [];
        Model.RunWithHooks(tokens, [
            .. Enumerable.Range(0, Model.Config.Layers).Select(layer => ForwardHook.Observing(Hook.Z(layer), z => parts[layer] =
                [.. (z.narrow(1, start, count).reshape(-1, Model.Config.Heads, 1, Model.Config.DHead).matmul(weights[$"blocks.{layer}.attn.W_O"]).squeeze(2) * directions.unsqueeze(1)).sum(-1).contiguous().data<float>().ToArray().Select(value => (double)value)])),
            ForwardHook.Observing(Hook.FinalScale, values => scale = values.narrow(1, start, count).reshape(-1).data<float>().ToArray()),
        ]);

        IEnumerable<double> means = Head.AllIn(Model.Config).Select(head => scale.Select((divisor, i) => parts[head.Layer][(i * Model.Config.Heads) + head.Index] / divisor).Average());
        CircuitFacts.ShouldEqual($"induction_dla.{(bos ? "bos" : "nobos")}", means, CircuitFacts.LogitsAndLosses);
    }
}
