using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis.Behaviour;

public sealed class SelfRepairTests
{
    private static IEnumerable<ModelConfig> Shapes => SmallTransformer.Shapes.Values;

    [TestCaseSource(nameof(Shapes))]
    public void Effects_are_those_of_the_definitions_and_the_parts_sum_to_the_compensation(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts();
        foreach (Component component in (Component[])[new Head(0, 1), new Mlp(1), new AttentionLayer(1), new HeadSet([new Head(0, 0), new Head(1, 2)])])
        {
            Intervention ablation = component is AttentionLayer layer ? Ablate.Resample(new HeadSet(Head.AllIn(config).Where(head => head.Layer == layer.Layer)), 3) : Ablate.Resample(component, 3);
            SelfRepair repair = SelfRepair.Of(model, component, prompts, ablation);
            Near(repair.DirectEffect, model.DirectAttribution(component, prompts));
            Near(repair.TotalEffect, model.LogitDifference(prompts) - model.LogitDifference(prompts, ablation));
            Near(repair.Compensation, repair.DirectLoss - repair.TotalEffect);
            Near(repair.Labels.Select(label => repair[label]).Aggregate(repair.ByFinalNorm, (sum, part) => sum + part), repair.Compensation);

            // Frozen final norm: the logit difference of the ablated run's residual stream under the unchanged run's scale.
            PerPrompt frozen = FrozenNorm(model, prompts, ablation);
            Near(repair.ByFinalNorm, model.LogitDifference(prompts, ablation) - frozen);
        }
    }

    [Test]
    public void What_stands_before_the_component_cannot_compensate()
    {
        using HookedTransformer model = SmallTransformer.Create();
        SelfRepair repair = SelfRepair.Of(model, new Head(1, 1), SmallTransformer.Prompts(), Ablate.Zero(new Head(1, 1)));
        foreach (string earlier in new[] { "embed", "L0H0", "L0MLP", "L1H0", "L1H2" })
        {
            repair[earlier].Numerators.Should().OnlyContain(part => Math.Abs(part) < 1e-5);
        }

        Near(repair.DirectLoss, repair.DirectEffect);
        repair["L1MLP"].Numerators.Should().Contain(part => Math.Abs(part) > 1e-3);
        FluentActions.Invoking(() => repair["L1H1"]).Should().Throw<KeyNotFoundException>();
        FluentActions.Invoking(() => SelfRepair.Of(model, new Neuron(0, 1), SmallTransformer.Prompts())).Should().Throw<NotSupportedException>();
    }

    [Test]
    public void The_share_is_a_ratio_of_means()
    {
        using HookedTransformer model = SmallTransformer.Create();
        SelfRepair repair = SelfRepair.Of(model, new Head(2, 0), SmallTransformer.Prompts(), Ablate.Zero(new Head(2, 0)));
        repair.Share.Value.Should().BeApproximately(repair.Compensation.Value / repair.DirectLoss.Value, 1e-12);
        repair.Share.IsRatio.Should().BeTrue();
        SelfRepair silent = SelfRepair.Of(SmallTransformer.Create(parameters => parameters["unembed.W_U"] = zeros_like(parameters["unembed.W_U"])), new Head(1, 0), SmallTransformer.Prompts());
        FluentActions.Invoking(() => silent.Share).Should().Throw<InvalidExperimentException>().WithMessage("*direct loss*");
    }

    private static PerPrompt FrozenNorm(HookedTransformer model, EvaluationSet prompts, Intervention ablation) =>
        new(Enumerable.Range(0, prompts.Count).Select(index =>
        {
            using var scope = NewDisposeScope();
            PromptBatch batch = prompts.Batches().Single(candidate => candidate.Indices.Contains(index));
            int row = batch.Indices.IndexOf(index);
            using CachedRun clean = model.RunWithCache(batch.Tokens(), Hook.FinalScale);
            using CachedRun ablated = model.RunWithCache(batch.Tokens(), [Hook.ResidPost(model.Config.Layers - 1)], hooks: ablation.HooksFor(model, batch));
            double[] x = Array.ConvertAll(ablated.Cache[Hook.ResidPost(model.Config.Layers - 1)][row, -1].contiguous().data<float>().ToArray(), value => (double)value);
            double scale = clean.Cache[Hook.FinalScale][row, -1].data<float>().ToArray()[0];
            double mean = model.Config.Norm == NormKind.LayerNorm ? x.Average() : 0;
            float[] gain = model.Weights["ln_final.w"].data<float>().ToArray();
            float[] shift = model.Weights.TryGet("ln_final.b", out Tensor? b) ? b.data<float>().ToArray() : new float[x.Length];
            double[] normalized = [.. x.Select((value, j) => ((value - mean) / scale * gain[j]) + shift[j])];
            double Logit(int token)
            {
                float[] column = model.Weights["unembed.W_U"].select(1, token).contiguous().data<float>().ToArray();
                return normalized.Zip(column, (value, weight) => value * weight).Sum() + model.Weights["unembed.b_U"].data<float>().ToArray()[token];
            }

            return Logit(batch.Prompts[row].Answer!.Value) - Logit(batch.Prompts[row].Foil!.Value);
        }).ToArray());

    private static void Near(PerPrompt found, PerPrompt expected) => found.Numerators.Zip(expected.Numerators, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-4);
}
