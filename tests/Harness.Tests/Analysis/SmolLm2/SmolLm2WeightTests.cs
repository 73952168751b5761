using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>Circuits and neurons of SmolLM2 by the weights alone: grouped keys and values, RMSNorm, gated MLPs.</summary>
[Category("Golden"), Category("Slow")]
public sealed class SmolLm2WeightTests
{
    /// <summary>Heads whose logits over the whole vocabulary are computed; all 270 would take minutes.</summary>
    private const int SampledHeads = 6;

    private ModelWeights weights = null!;

    [OneTimeSetUp]
    public void Load() => weights = SmolLm2Model.OrIgnore().Weights;

    [Test]
    public void Key_composition_into_the_induction_heads()
    {
        string[] tables = [.. CircuitFacts.Tables.Keys.Where(key => key.StartsWith("kcomp.", StringComparison.Ordinal))];
        tables.Should().NotBeEmpty();
        // The recorded scores have the weights of RMSNorm folded in.
        using ModelWeights folded = WeightProcessor.Apply(weights, WeightProcessing.FoldLayerNorm);
        foreach (string table in tables)
        {
            string name = table["kcomp.".Length..];
            HeadTable scores = folded.KComposition(CircuitFacts.Named(name));

            foreach (Head head in scores.Heads)
            {
                scores[head].Should().BeApproximately(CircuitFacts.Cell(table, head, weights.Config), CircuitFacts.Scores, "that is {0} of {1}", table, head);
            }

            JsonProperty[] strongest = [.. CircuitFacts.Facts.GetProperty("kcomp").GetProperty(name).EnumerateObject()];
            scores.Ranked().Take(strongest.Length).Select(pair => $"L{pair.Key.Layer}H{pair.Key.Index}").Should().Equal(strongest.Select(entry => entry.Name));
        }
    }

    [Test]
    public void What_neurons_read_and_write()
    {
        NeuronTable up = weights.InputOutputCosines();
        NeuronTable gate = weights.InputOutputCosines(NeuronInput.Gate);
        CircuitFacts.ShouldEqual("neurons.cos_up_down", up.Layers.SelectMany(layer => up.OfLayer(layer)), CircuitFacts.Scores);
        CircuitFacts.ShouldEqual("neurons.cos_gate_down", gate.Layers.SelectMany(layer => gate.OfLayer(layer)), CircuitFacts.Scores);

        JsonElement recorded = CircuitFacts.Facts.GetProperty("neurons");
        Summarised(up, recorded.GetProperty("up_raw"));
        Summarised(gate, recorded.GetProperty("gate_raw"));
        Summarised(weights.InputOutputCosines(foldLayerNorm: true), recorded.GetProperty("up_norm_folded"));
        Summarised(weights.InputOutputCosines(NeuronInput.Gate, foldLayerNorm: true), recorded.GetProperty("gate_norm_folded"));
        Summarised(weights.GateInputCosines(), recorded.GetProperty("gate_up"));
    }

    [Test]
    public void Tokens_that_heads_copy_or_oppose_among_two_thousand()
    {
        JsonElement ov = CircuitFacts.Facts.GetProperty("ov");
        int[] probe = AnalysisGolden.Integers(ov.GetProperty("probe"));
        int[] among = AnalysisGolden.Integers(ov.GetProperty("probe_vocab"));

        CompareShares("ov.diag_pos_rank_lt10", weights.CopyScoresOf(probe, 10, among), Head.AllIn(weights.Config), 1.0 / probe.Length);
        CompareShares("ov.diag_neg_rank_lt10", weights.NegativeCopyScoresOf(probe, 10, among), Head.AllIn(weights.Config), 1.0 / probe.Length);
    }

    /// <summary>Over the whole vocabulary: the strongest head of each table and a seeded sample of the others.</summary>
    [Test]
    public void Copy_and_successor_scores_of_sampled_heads()
    {
        JsonElement ov = CircuitFacts.Facts.GetProperty("ov");
        int[] names = AnalysisGolden.Integers(ov.GetProperty("names"));
        JsonProperty[] families = [.. ov.GetProperty("families").EnumerateObject()];
        string[] tables = ["ov.names_copy_top5", "ov.names_negcopy_top5", .. families.SelectMany(family => (string[])[$"ov.copy.{family.Name}", $"ov.next.{family.Name}"])];
        var random = new Random(20);
        Head[] heads = [.. tables.Select(Strongest).Concat(random.GetItems([.. Head.AllIn(weights.Config)], SampledHeads)).Distinct()];

        CompareShares("ov.names_copy_top5", weights.CopyScoresOf(names, heads: heads), heads, 0);
        CompareShares("ov.names_negcopy_top5", weights.NegativeCopyScoresOf(names, heads: heads), heads, 0);
        var successors = new List<HeadTable>();
        foreach (JsonProperty family in families)
        {
            int[] members = AnalysisGolden.Integers(family.Value);
            successors.Add(weights.SuccessorScoresOf(members, heads: heads));
            CompareShares($"ov.next.{family.Name}", successors[^1], heads, 0);
            // As for the successors, the last member of a family is not attended to.
            CompareShares($"ov.copy.{family.Name}", weights.CopyScoresOf(members[..^1], heads: heads), heads, 0);
        }

        foreach (Head head in heads)
        {
            successors.Average(table => table[head]).Should().BeApproximately(CircuitFacts.Cell("ov.next.mean", head, weights.Config), CircuitFacts.Scores, "that is the mean over families of {0}", head);
        }
    }

    /// <summary>Shares of few tokens: <paramref name="slack"/> lets one rank at the bound fall on the other side of it, in float32.</summary>
    private void CompareShares(string table, HeadTable actual, IReadOnlyList<Head> heads, double slack)
    {
        int differing = 0;
        foreach (Head head in heads)
        {
            double expected = CircuitFacts.Cell(table, head, weights.Config);
            actual[head].Should().BeApproximately(expected, CircuitFacts.Scores + slack, "that is {0} of {1}", table, head);
            differing += Math.Abs(actual[head] - expected) > CircuitFacts.Scores ? 1 : 0;
        }

        differing.Should().BeLessThanOrEqualTo(heads.Count / 100, "ranks at the bound are rare");
    }

    private Head Strongest(string table) => Head.AllIn(weights.Config).MaxBy(head => CircuitFacts.Cell(table, head, weights.Config))!;

    /// <summary>Counts and extremes, printed with four digits.</summary>
    private static void Summarised(NeuronTable cosines, JsonElement recorded)
    {
        double[] all = [.. cosines.Layers.SelectMany(layer => cosines.OfLayer(layer))];
        foreach (JsonProperty entry in recorded.EnumerateObject())
        {
            switch (entry.Name)
            {
                case "min_per_layer":
                    cosines.Layers.Select(layer => cosines.OfLayer(layer).Min()).ShouldEqual(entry.Value, CircuitFacts.Scores, entry.Name);
                    break;
                case "max_per_layer":
                    cosines.Layers.Select(layer => cosines.OfLayer(layer).Max()).ShouldEqual(entry.Value, CircuitFacts.Scores, entry.Name);
                    break;
                case "argmin":
                    cosines.Layers.Select(layer => (double)cosines.OfLayer(layer).IndexOf(cosines.OfLayer(layer).Min())).ShouldEqual(entry.Value, 0, entry.Name);
                    break;
                case "lt_m03_per_layer":
                    cosines.Layers.Select(layer => (double)cosines.OfLayer(layer).Count(cosine => cosine < -0.3)).ShouldEqual(entry.Value, 0, entry.Name);
                    break;
                case "most_negative" or "most_positive":
                    int count = entry.Value.GetArrayLength();
                    (entry.Name == "most_negative" ? cosines.Lowest(count) : cosines.Highest(count))
                        .SelectMany(pair => (double[])[pair.Neuron.Layer, pair.Neuron.Index, pair.Value]).ShouldEqual(entry.Value, CircuitFacts.Scores, entry.Name);
                    break;
                case var name when name.StartsWith("n_", StringComparison.Ordinal):
                    // n_lt_m07: how many are below −0.7; n_gt_05: above 0.5.
                    double bound = double.Parse(name[^1..]) / 10 * (name.Contains("_m", StringComparison.Ordinal) ? -1 : 1);
                    all.Count(cosine => name.Contains("lt", StringComparison.Ordinal) ? cosine < bound : cosine > bound).Should().Be(entry.Value.GetInt32(), "that is {0}", name);
                    break;
                default:
                    throw new NotSupportedException($"The facts record '{entry.Name}' of neurons.");
            }
        }
    }
}
