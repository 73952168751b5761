namespace CircuitSpecs.Tests.Analysis.SmolLm2;

/// <summary>That no recorded table or fact is passed over: each is compared by a test of this folder, or named here with the reason.</summary>
[Category("Golden")]
public sealed class CircuitFactsTests
{
    [Test]
    public void Every_table_is_compared()
    {
        string[] compared = [
            "attn_zero.", "mlp_zero.", "mlp_mean.", "zero.", "mean.", "ioi.attn.", "ioi.patch_head", "ioi.patch_resid_pre", "score.", // SmolLm2InterventionTests, SmolLm2AttentionTests
            "beh.dla.", "beh.dla_mlp.", "ioi.dla", "ioi.direct_io", "ioi.logit_lens_ld", // SmolLm2AttributionTests
            "kcomp.", "neurons.", "ov.", // SmolLm2WeightTests
            "induction_dla.", "resid.", // SmolLm2StreamTests
        ];

        CircuitFacts.Tables.Keys.Where(key => !Array.Exists(compared, prefix => key.StartsWith(prefix, StringComparison.Ordinal))).Should().BeEmpty();
    }

    [Test]
    public void Every_group_of_facts_has_a_test_or_is_a_description()
    {
        string[] known = [
            "baseline", "conventions", "ioi", "induction", "text", "scores", "outliers", "neurons", "ov", "kcomp", "behaviour_dla", "groups", "self_repair", "ablate",
            "top.", "bottom.", // excerpts of the tables
        ];

        CircuitFacts.Facts.EnumerateObject().Select(entry => entry.Name).Where(name => !Array.Exists(known, prefix => name.StartsWith(prefix, StringComparison.Ordinal))).Should().BeEmpty();
    }

    /// <summary>The lists of strongest heads are excerpts of the tables: rounded to four digits, or changes from the unchanged model's value.</summary>
    [Test]
    public void Lists_of_heads_are_excerpts_of_the_tables()
    {
        foreach (var list in CircuitFacts.Facts.EnumerateObject().Where(entry => entry.Name.StartsWith("top.", StringComparison.Ordinal) || entry.Name.StartsWith("bottom.", StringComparison.Ordinal)))
        {
            string name = list.Name[(list.Name.IndexOf('.') + 1)..];
            bool change = name.StartsWith("delta.", StringComparison.Ordinal);
            string table = change ? name["delta.".Length..] : CircuitFacts.Tables.ContainsKey(name) ? name : $"score.{name}";
            double unchanged = !change ? 0 : table switch
            {
                "zero.ioi_ld" => Baseline("baseline", "ioi_ld"),
                "zero.induction_loss" => Baseline("baseline", "induction_loss_second"),
                "zero.text_loss" => Baseline("ablate", "text_base"),
                "mean.ioi_ld" => Baseline("ablate", "mean_base_ioi_ld"),
                _ => throw new NotSupportedException($"The facts list changes of '{table}'."),
            };
            float[] cells = CircuitFacts.Tables[table].Floats;
            foreach (var entry in list.Value.EnumerateObject())
            {
                var head = CircuitFacts.Named(entry.Name);
                (cells[(head.Layer * 9) + head.Index] - unchanged).Should().BeApproximately(entry.Value.GetDouble(), 2e-4, "that is {0} in {1}", entry.Name, list.Name);
            }
        }

        static double Baseline(string part, string key) => CircuitFacts.Facts.GetProperty(part).GetProperty(key).GetDouble();
    }
}
