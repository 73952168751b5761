using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class ActivationPatchingGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("04_activation_patching.json");

    [TestCaseSource(nameof(Goldens))]
    public void Unpatched_logit_differences(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();

        model.LogitDifference(golden.Pairs()).Value.Should().BeApproximately(GoldenFolder.Number(golden["clean_logit_diff"]), AnalysisGolden.Logits);
        model.LogitDifference(golden.Pairs(), CorruptRun.Instance).Value.Should().BeApproximately(GoldenFolder.Number(golden["corrupt_logit_diff"]), AnalysisGolden.Logits);
    }

    [TestCaseSource(nameof(Goldens))]
    public void Denoising(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        double corrupt = GoldenFolder.Number(golden["corrupt_logit_diff"]);

        Compare(golden, "denoising_raw", prompts, (point, head, at) => model.LogitDifference(prompts, ActivationPatch.Denoising(point, head, at)).Value, corrupt);
        Compare(golden, "denoising_normalised", prompts, (point, head, at) => model.LogitDifferenceRestored(prompts, ActivationPatch.Denoising(point, head, at)).Value, 0);
    }

    [TestCaseSource(nameof(Goldens))]
    public void Noising(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();

        Compare(golden, "noising_raw", prompts, (point, head, at) => model.LogitDifference(prompts, ActivationPatch.Noising(point, head, at)).Value, GoldenFolder.Number(golden["clean_logit_diff"]));
    }

    private static AnalysisGolden Open(string path) => AnalysisGolden.Open(
        path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "clean_logit_diff", "corrupt_logit_diff", "shapes", "denoising_raw", "denoising_normalised", "noising_raw");

    private static void Compare(AnalysisGolden golden, string section, EvaluationSet prompts, Func<HookPoint, int?, Position?, double> measure, double unpatched)
    {
        foreach (JsonProperty grid in golden[section].EnumerateObject())
        {
            int[] shape = AnalysisGolden.Integers(golden["shapes"].GetProperty(grid.Name));
            double[] expected = GoldenFolder.Numbers(grid.Value);
            expected.Should().HaveCount(shape.Aggregate((a, b) => a * b), "that is the shape of {0}", grid.Name);
            for (int cell = 0; cell < expected.Length; cell++)
            {
                int last = cell % shape[^1];
                int middle = shape.Length == 3 ? cell / shape[^1] % shape[1] : -1;
                int layer = cell / shape.Skip(1).Aggregate((a, b) => a * b);
                (HookPoint point, int? head, int? position) = grid.Name switch
                {
                    "resid_pre_by_pos" => (Hook.ResidPre(layer), (int?)null, (int?)last),
                    "resid_mid_by_pos" => (Hook.ResidMid(layer), null, last),
                    "attn_out_by_pos" => (Hook.AttnOut(layer), null, last),
                    "mlp_out_by_pos" => (Hook.MlpOut(layer), null, last),
                    "head_pattern_by_dest_pos" => (Hook.Pattern(layer), middle, last),
                    _ when grid.Name.StartsWith("head_", StringComparison.Ordinal) && grid.Name.EndsWith("_all_pos", StringComparison.Ordinal) => (((string, int))(grid.Name.Split('_')[1], layer), last, null),
                    _ when grid.Name.StartsWith("head_", StringComparison.Ordinal) && grid.Name.EndsWith("_by_pos", StringComparison.Ordinal) => (((string, int))(grid.Name.Split('_')[1], layer), last, middle),
                    _ => throw new NotSupportedException($"The golden patches '{grid.Name}'."),
                };
                double actual;
                try
                {
                    actual = measure(point, head, position is int at ? at : null);
                }
                catch (InvalidExperimentException)
                {
                    // Where clean and corrupted activations are equal, a patch changes nothing and is refused; the reference records such cells too.
                    actual = unpatched;
                }

                actual.Should().BeApproximately(expected[cell], AnalysisGolden.Logits, "that is cell {0} of {1} of {2}", cell, grid.Name, section);
            }
        }
    }
}
