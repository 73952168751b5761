using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>
/// Ablations and patches in SmolLM2. A table of heads is 270 runs, so of each table a seeded sample is compared: the cell with the
/// largest recorded effect and some others.
/// </summary>
[Category("Golden"), Category("Slow")]
public sealed class SmolLm2InterventionTests
{
    private static HookedTransformer Model => SmolLm2Model.OrIgnore();

    [Test]
    public void The_unchanged_model()
    {
        JsonElement recorded = CircuitFacts.Facts.GetProperty("baseline");
        EvaluationSet ioi = CircuitFacts.Ioi();
        double[] clean = [.. Model.LogitDifference(ioi).Numerators];
        double[] corrupt = [.. Model.LogitDifference(ioi, CorruptRun.Instance).Numerators];

        clean.ShouldEqual(CircuitFacts.Facts.GetProperty("ioi").GetProperty("ld_clean"), CircuitFacts.LogitsAndLosses, "ld_clean");
        corrupt.ShouldEqual(CircuitFacts.Facts.GetProperty("ioi").GetProperty("ld_corrupt"), CircuitFacts.LogitsAndLosses, "ld_corrupt");
        foreach (JsonProperty entry in recorded.EnumerateObject())
        {
            double actual = entry.Name switch
            {
                "ioi_ld" => clean.Average(),
                "ioi_ld_abba" => clean.Where((_, i) => ioi.Prompts[i].Template == "ABBA").Average(),
                "ioi_ld_baba" => clean.Where((_, i) => ioi.Prompts[i].Template == "BABA").Average(),
                "ioi_ld_corrupt" => corrupt.Average(),
                "ioi_acc" => clean.Average(difference => difference > 0 ? 1.0 : 0),
                "induction_loss_second" => Model.Loss(CircuitFacts.Repeated()).Value,
                "induction_acc_second" => Model.Accuracy(CircuitFacts.Repeated()).Value,
                "text_loss" => Model.Loss(CircuitFacts.Prose()).Value,
                _ => throw new NotSupportedException($"The facts record '{entry.Name}' of the unchanged model."),
            };
            actual.Should().BeApproximately(entry.Value.GetDouble(), CircuitFacts.LogitsAndLosses, "that is {0}", entry.Name);
        }
    }

    [TestCase("zero.ioi_ld", 5)]
    [TestCase("zero.induction_loss", 4)]
    [TestCase("zero.text_loss", 4)]
    [TestCase("mean.ioi_ld", 4)]
    [TestCase("ioi.patch_head", 3)]
    public void Sampled_heads(string table, int count)
    {
        Head[] heads = [.. Head.AllIn(Model.Config)];
        foreach (int cell in Sample(table, count))
        {
            Measure(table, heads[cell]).Should().BeApproximately(CircuitFacts.Tables[table].Floats[cell], CircuitFacts.LogitsAndLosses, "that is {0} of {1}", table, heads[cell]);
        }
    }

    [TestCase("attn_zero.ioi_ld")]
    [TestCase("attn_zero.induction_loss")]
    [TestCase("attn_zero.text_loss")]
    [TestCase("mlp_zero.ioi_ld")]
    [TestCase("mlp_zero.induction_loss")]
    [TestCase("mlp_zero.text_loss")]
    [TestCase("mlp_mean.ioi_ld")]
    [TestCase("mlp_mean.text_loss")]
    public void Sampled_layers(string table)
    {
        foreach (int layer in Sample(table, 2))
        {
            Measure(table, table.StartsWith("attn", StringComparison.Ordinal) ? new AttentionLayer(layer) : new Mlp(layer))
                .Should().BeApproximately(CircuitFacts.Tables[table].Floats[layer], CircuitFacts.LogitsAndLosses, "that is {0} of layer {1}", table, layer);
        }
    }

    [Test]
    public void Sampled_patches_of_the_residual_stream()
    {
        const string Table = "ioi.patch_resid_pre[s2,s2+1,end]";
        Position[] positions = ["S2", "S2+1", "END"];
        foreach (int cell in Sample(Table, 3))
        {
            double restored = Model.LogitDifferenceRestored(CircuitFacts.Ioi(), ActivationPatch.Denoising(Hook.ResidPre(cell / 3), at: positions[cell % 3])).Value;
            restored.Should().BeApproximately(CircuitFacts.Tables[Table].Floats[cell], CircuitFacts.LogitsAndLosses, "that is layer {0} at {1}", cell / 3, positions[cell % 3]);
        }
    }

    /// <summary>Two of the eleven groups of heads, one of them of random heads.</summary>
    [TestCase("ind4")]
    [TestCase("random8b")]
    public void Groups_of_heads(string name)
    {
        JsonElement group = CircuitFacts.Facts.GetProperty("groups").GetProperty(name);
        Intervention zero = Ablate.Zero(new HeadSet([.. group.GetProperty("heads").EnumerateArray().Select(head => CircuitFacts.Named(head.GetString()!))]));
        foreach (JsonProperty entry in group.EnumerateObject().Where(entry => entry.Name != "heads"))
        {
            double actual = entry.Name switch
            {
                "ioi_ld" => Model.LogitDifference(CircuitFacts.Ioi(), zero).Value,
                "induction_loss" => Model.Loss(CircuitFacts.Repeated(), zero).Value,
                "induction_acc" => Model.Accuracy(CircuitFacts.Repeated(), zero).Value,
                "text_loss" => Model.Loss(CircuitFacts.Prose(), zero).Value,
                _ => throw new NotSupportedException($"The facts record '{entry.Name}' of groups."),
            };
            actual.Should().BeApproximately(entry.Value.GetDouble(), CircuitFacts.LogitsAndLosses, "that is {0} without {1}", entry.Name, name);
        }
    }

    [Test]
    public void Later_heads_answer_for_one_that_is_taken_out_at_the_end()
    {
        JsonElement recorded = CircuitFacts.Facts.GetProperty("self_repair");
        Head head = CircuitFacts.Named(recorded.GetProperty("head").GetString()!);
        EvaluationSet prompts = CircuitFacts.Ioi();
        var zero = new Edit($"zero {head} at END", Hook.Z(head.Layer), z =>
        {
            Tensor changed = z.clone();
            changed[TensorIndex.Colon, -1, head.Index] = zeros(z.shape[^1]);
            return changed;
        });
        var before = DirectLogitAttribution.Of(Model, prompts);
        var after = DirectLogitAttribution.Of(Model, prompts, zero);
        double drop = before.LogitDifference.Value - after.LogitDifference.Value;

        before[head].Value.Should().BeApproximately(recorded.GetProperty("dla").GetDouble(), CircuitFacts.LogitsAndLosses);
        drop.Should().BeApproximately(recorded.GetProperty("drop").GetDouble(), CircuitFacts.LogitsAndLosses);
        (1 - (drop / before[head].Value)).Should().BeApproximately(recorded.GetProperty("repair_frac").GetDouble(), CircuitFacts.LogitsAndLosses);
        foreach (JsonProperty change in recorded.GetProperty("dla_up").EnumerateObject().Concat(recorded.GetProperty("dla_down").EnumerateObject()))
        {
            Head other = CircuitFacts.Named(change.Name);
            (after[other].Value - before[other].Value).Should().BeApproximately(change.Value.GetDouble(), CircuitFacts.LogitsAndLosses, "that is the change of {0}", other);
        }
    }

    private static double Measure(string table, Component component)
    {
        // As the facts say: the mean over the prompts with three unrelated names, on half of the prompts; text by its first part.
        EvaluationSet ioi = CircuitFacts.Ioi();
        int half = CircuitFacts.Facts.GetProperty("ablate").GetProperty("mean_prompts").GetInt32();
        return table switch
        {
            "zero.ioi_ld" or "attn_zero.ioi_ld" or "mlp_zero.ioi_ld" => Model.LogitDifference(ioi, Ablate.Zero(component)).Value,
            "zero.induction_loss" or "attn_zero.induction_loss" or "mlp_zero.induction_loss" => Model.Loss(CircuitFacts.Repeated(), Ablate.Zero(component)).Value,
            "zero.text_loss" => Model.Loss(CircuitFacts.Prose(1), Ablate.Zero(component)).Value,
            "attn_zero.text_loss" or "mlp_zero.text_loss" => Model.Loss(CircuitFacts.Prose(), Ablate.Zero(component)).Value,
            "mean.ioi_ld" => Model.LogitDifference(CircuitFacts.Ioi(half), Ablate.Mean(component, reference: CircuitFacts.Unrelated())).Value,
            "mlp_mean.ioi_ld" => Model.LogitDifference(ioi, Ablate.Mean(component, reference: CircuitFacts.Unrelated())).Value,
            "mlp_mean.text_loss" => Model.Loss(CircuitFacts.Prose(), MeanAfterTheFirst(((Mlp)component).Layer)).Value,
            "ioi.patch_head" => Model.LogitDifferenceRestored(ioi, ActivationPatch.Denoising(component)).Value,
            _ => throw new NotSupportedException($"Nothing here measures '{table}'."),
        };
    }

    /// <summary>The mean over all positions but the first, put in place at those.</summary>
    private static Edit MeanAfterTheFirst(int layer) => new($"mean of mlp{layer} after position 0", Hook.MlpOut(layer), written =>
    {
        Tensor rest = written.narrow(1, 1, written.shape[1] - 1);
        return cat([written.narrow(1, 0, 1), rest.mean([0, 1], keepdim: true).expand(rest.shape)], 1);
    });

    /// <summary>The cell that differs most from the median, and seeded others.</summary>
    private static IEnumerable<int> Sample(string table, int count)
    {
        float[] cells = CircuitFacts.Tables[table].Floats;
        float median = cells.Order().ElementAt(cells.Length / 2);
        int strongest = Enumerable.Range(0, cells.Length).MaxBy(cell => Math.Abs(cells[cell] - median));
        var random = new Random(table.Length);
        return Enumerable.Range(0, count - 1).Select(_ => random.Next(cells.Length)).Prepend(strongest).Distinct();
    }
}
