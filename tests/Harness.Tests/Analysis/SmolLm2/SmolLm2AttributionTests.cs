using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>What the heads and MLPs of SmolLM2 write towards answers, and what the residual stream says on the way.</summary>
[Category("Golden"), Category("Slow")]
public sealed class SmolLm2AttributionTests
{
    /// <summary>Behaviours that are attributed; all of them would take a minute.</summary>
    private const int SampledBehaviours = 3;

    private static HookedTransformer Model => SmolLm2Model.OrIgnore();

    [Test]
    public void Direct_attribution_of_the_indirect_object()
    {
        EvaluationSet prompts = CircuitFacts.Ioi();
        var attribution = DirectLogitAttribution.Of(Model, prompts);

        CircuitFacts.ShouldEqual("ioi.dla", Heads(attribution), CircuitFacts.LogitsAndLosses);
        CircuitFacts.ShouldEqual("ioi.dla_mlp", Mlps(attribution), CircuitFacts.LogitsAndLosses);
        ShouldRank("top.ioi.dla", Table(attribution), descending: true);
        ShouldRank("bottom.ioi.dla", Table(attribution), descending: false);
    }

    [Test]
    public void Direct_effect_of_attention_to_the_indirect_object()
    {
        // The recorded part of a single logit is that above the mean over the vocabulary.
        using ModelWeights centred = WeightProcessor.Apply(Model.Weights, WeightProcessing.CenterUnembed);
        using var model = new HookedTransformer(centred);
        HeadScoreTable direct = SourceAttribution.Of(model, CircuitFacts.Ioi(), LogitTarget.Answer).From("IO");
        var table = new HeadTable("direct effect", Head.AllIn(Model.Config).Select(head => KeyValuePair.Create(head, direct[head].Value)));

        CircuitFacts.ShouldEqual("ioi.direct_io", direct, CircuitFacts.LogitsAndLosses);
        ShouldRank("top.ioi.direct_io", table, descending: true);
        ShouldRank("bottom.ioi.direct_io", table, descending: false);
    }

    [Test]
    public void Logit_lens_before_each_block_and_at_the_end()
    {
        var lens = LogitLens.Of(Model, CircuitFacts.Ioi(), includeMid: false);

        CircuitFacts.ShouldEqual("ioi.logit_lens_ld", lens.Points.Select(point => point.LogitDifference!.Value), CircuitFacts.LogitsAndLosses);
    }

    /// <summary>A seeded sample of the behaviours.</summary>
    [Test]
    public void Direct_attribution_of_sampled_behaviours()
    {
        JsonProperty[] behaviours = [.. CircuitFacts.Facts.GetProperty("behaviour_dla").GetProperty("table").EnumerateObject().Where(entry => CircuitFacts.Tables.ContainsKey($"beh.dla.{entry.Name}"))];
        new Random(5).Shuffle(behaviours);
        foreach (JsonProperty behaviour in behaviours.Take(SampledBehaviours))
        {
            var attribution = DirectLogitAttribution.Of(Model, CircuitFacts.Behaviour(behaviour.Name, behaviour.Value.GetProperty("n").GetInt32()));

            CircuitFacts.ShouldEqual($"beh.dla.{behaviour.Name}", Heads(attribution), CircuitFacts.LogitsAndLosses);
            CircuitFacts.ShouldEqual($"beh.dla_mlp.{behaviour.Name}", Mlps(attribution), CircuitFacts.LogitsAndLosses);
            attribution.LogitDifference.Value.Should().BeApproximately(behaviour.Value.GetProperty("ld").GetDouble(), CircuitFacts.LogitsAndLosses);
            Heads(attribution).Sum().Should().BeApproximately(behaviour.Value.GetProperty("heads_total").GetDouble(), CircuitFacts.LogitsAndLosses);
            Mlps(attribution).Sum().Should().BeApproximately(behaviour.Value.GetProperty("mlps_total").GetDouble(), CircuitFacts.LogitsAndLosses);
        }
    }

    private static double[] Heads(DirectLogitAttribution attribution) => [.. Head.AllIn(Model.Config).Select(head => attribution[head].Value)];

    private static double[] Mlps(DirectLogitAttribution attribution) => [.. Mlp.AllIn(Model.Config).Select(mlp => attribution[mlp].Value)];

    private static HeadTable Table(DirectLogitAttribution attribution) => new("direct attribution", Head.AllIn(Model.Config).Select(head => KeyValuePair.Create(head, attribution[head].Value)));

    private static void ShouldRank(string key, HeadTable table, bool descending)
    {
        JsonProperty[] recorded = [.. CircuitFacts.Facts.GetProperty(key).EnumerateObject()];
        IEnumerable<KeyValuePair<Head, double>> ranked = descending ? table.Ranked() : table.Ranked().Reverse();
        foreach ((KeyValuePair<Head, double> actual, JsonProperty expected) in ranked.Zip(recorded))
        {
            actual.Value.Should().BeApproximately(expected.Value.GetDouble(), CircuitFacts.LogitsAndLosses, "that is in {0}", key);
            table[CircuitFacts.Named(expected.Name)].Should().BeApproximately(expected.Value.GetDouble(), CircuitFacts.LogitsAndLosses, "that is {0} in {1}", expected.Name, key);
        }
    }
}
