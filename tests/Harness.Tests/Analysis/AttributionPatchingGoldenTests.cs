using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class AttributionPatchingGoldenTests
{
    public static string[] Known =>
    [
        "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "clean_logit_diff", "corrupt_logit_diff", "nodes", "exact_head_z_noising_delta", "attribution_head_z_noising",
    ];

    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("06_attribution_patching.json");

    [TestCaseSource(nameof(Goldens))]
    public void Nodes(string path)
    {
        var golden = AnalysisGolden.Open(path, Known);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        foreach (JsonProperty node in golden["nodes"].EnumerateObject())
        {
            node.Value.EnumerateObject().Select(direction => direction.Name).Should().BeSubsetOf(["noising", "denoising"]);
            HookPoint[] points = [.. Enumerable.Range(0, model.Config.Layers).Select(layer => PointOf(node.Name, layer))];

            Compare(model.NoisingAttribution(prompts, points), points, node.Value.GetProperty("noising"), node.Name);
            Compare(model.DenoisingAttribution(prompts, points), points, node.Value.GetProperty("denoising"), node.Name);
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Heads_beside_exact_patching(string path)
    {
        var golden = AnalysisGolden.Open(path, Known);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        HookPoint[] points = [.. Enumerable.Range(0, model.Config.Layers).Select(Hook.Z)];
        PatchingEstimates estimates = model.NoisingAttribution(prompts, points);
        double clean = model.LogitDifference(prompts).Value;
        clean.Should().BeApproximately(GoldenFolder.Number(golden["clean_logit_diff"]), AnalysisGolden.Logits);
        model.LogitDifference(prompts, CorruptRun.Instance).Value.Should().BeApproximately(GoldenFolder.Number(golden["corrupt_logit_diff"]), AnalysisGolden.Logits);

        for (int layer = 0; layer < points.Length; layer++)
        {
            for (int head = 0; head < model.Config.Heads; head++)
            {
                estimates[points[layer], head].Value.Should().BeApproximately(GoldenFolder.Number(golden["attribution_head_z_noising"][layer][head]), AnalysisGolden.Logits);
                double exact = model.LogitDifference(prompts, ActivationPatch.Noising(points[layer], head)).Value - clean;
                exact.Should().BeApproximately(GoldenFolder.Number(golden["exact_head_z_noising_delta"][layer][head]), AnalysisGolden.Logits);
            }
        }
    }

    private static HookPoint PointOf(string node, int layer) => node switch
    {
        "resid_pre" => Hook.ResidPre(layer),
        "resid_mid" => Hook.ResidMid(layer),
        "resid_post" => Hook.ResidPost(layer),
        "z" or "q" or "k" or "v" or "pattern" or "attn_out" or "mlp_out" => (node, layer),
        _ => throw new NotSupportedException($"The golden attributes to '{node}'."),
    };

    /// <summary>[layer][head][pos] or [layer][pos].</summary>
    private static void Compare(PatchingEstimates estimates, HookPoint[] points, JsonElement expected, string node)
    {
        expected.GetArrayLength().Should().Be(points.Length);
        for (int layer = 0; layer < points.Length; layer++)
        {
            bool heads = expected[layer][0].ValueKind == JsonValueKind.Array;
            JsonElement[] rows = heads ? [.. expected[layer].EnumerateArray()] : [expected[layer]];
            for (int head = 0; head < rows.Length; head++)
            {
                for (int position = 0; position < rows[head].GetArrayLength(); position++)
                {
                    estimates[points[layer], heads ? head : null, position].Value.Should().BeApproximately(
                        GoldenFolder.Number(rows[head][position]), AnalysisGolden.Logits, "that is {0} of layer {1}, head {2}, position {3}", node, layer, head, position);
                }
            }
        }
    }
}
