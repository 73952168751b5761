using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions;

public sealed class AttentionKnockoutTests
{
    private readonly HookedTransformer model = SmallTransformer.Create();
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Attention_of_a_cut_edge_goes_to_the_querys_other_keys()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().Last();
        int end = batch.Length - 1;
        float[,,,] clean = Pattern(batch);
        float[,,,] cut = Pattern(batch, AttentionKnockout.Of((Head)"1.2", "END", "S"));

        for (int row = 0; row < batch.Count; row++)
        {
            cut[row, 2, end, 2].Should().Be(0);
            for (int key = 0; key <= end; key++)
            {
                float rest = 1 - clean[row, 2, end, 2];
                cut[row, 2, end, key].Should().BeApproximately(key == 2 ? 0 : clean[row, 2, end, key] / rest, 1e-5f);
                cut[row, 1, end, key].Should().Be(clean[row, 1, end, key], "head 1.1 was left alone");
                cut[row, 2, 3, key].Should().Be(clean[row, 2, 3, key], "query 3 was left alone");
            }
        }
    }

    [Test]
    public void Offset_cuts_every_query_that_reaches_so_far_back()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        float[,,,] cut = Pattern(batch, AttentionKnockout.OfOffset(new AttentionLayer(1), 1));

        for (int query = 1; query < batch.Length; query++)
        {
            cut[0, 0, query, query - 1].Should().Be(0);
            cut[0, 2, query, query].Should().BeGreaterThan(0);
        }
    }

    [Test]
    public void Layer_is_all_its_heads_and_everywhere_is_all_layers()
    {
        double[] layer = [.. model.LogitDifference(prompts, AttentionKnockout.Of(new AttentionLayer(1), "END", "S")).Numerators];
        AttentionKnockout[] everyLayer = [.. Enumerable.Range(0, 3).Select(index => AttentionKnockout.Of(new AttentionLayer(index), "END", "S"))];

        model.LogitDifference(prompts, AttentionKnockout.Of(HeadSet.Parse("1.0 1.1 1.2"), "END", "S")).Numerators.Should().Equal(layer);
        model.LogitDifference(prompts, AttentionKnockout.Of([1], "END", "S")).Numerators.Should().Equal(layer);
        model.LogitDifference(prompts, AttentionKnockout.Everywhere("END", "S")).Numerators.Should().Equal(model.LogitDifference(prompts, everyLayer).Numerators);
    }

    [Test]
    public void Key_after_the_query_is_refused()
    {
        Action measure = () => model.LogitDifference(prompts, AttentionKnockout.Of((Head)"1.2", "S", "END"));

        measure.Should().Throw<ArgumentException>().WithMessage("*position S (2) cannot read END*comes later*");
    }

    [Test]
    public void Cutting_the_only_key_of_a_query_is_no_experiment()
    {
        Action measure = () => model.Loss(prompts, AttentionKnockout.Of((Head)"1.2", 0, 0));

        measure.Should().Throw<InvalidExperimentException>().WithMessage("NaN*");
    }

    [Test]
    public void Head_that_does_not_exist_is_refused()
    {
        Action measure = () => model.LogitDifference(prompts, AttentionKnockout.Of((Head)"1.3", "END", "S"));

        measure.Should().Throw<ArgumentException>().WithMessage("*3 layers of 3 heads*");
    }

    private float[,,,] Pattern(PromptBatch batch, params Intervention[] interventions)
    {
        using CachedRun run = model.RunWithCache(batch.Tokens(), [Hook.Pattern(1)], hooks: interventions.SelectMany(intervention => intervention.HooksFor(model, batch)));
        var pattern = new float[batch.Count, 3, batch.Length, batch.Length];
        Buffer.BlockCopy(run.Cache[Hook.Pattern(1)].contiguous().data<float>().ToArray(), 0, pattern, 0, pattern.Length * sizeof(float));
        return pattern;
    }
}
