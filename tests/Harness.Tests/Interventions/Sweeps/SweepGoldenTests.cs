using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Analysis;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

/// <summary>Every grid of activation patching, and path patching to the final residual stream, as whole sweeps.</summary>
[Category("Golden")]
public sealed class SweepGoldenTests
{
    public static IEnumerable<TestCaseData> ActivationPatching => AnalysisGolden.Cases("04_activation_patching.json");

    public static IEnumerable<TestCaseData> PathPatching => AnalysisGolden.Cases("05_path_patching.json");

    [TestCaseSource(nameof(ActivationPatching))]
    public void Grids_of_activation_patching(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(
            path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "clean_logit_diff", "corrupt_logit_diff", "shapes", "denoising_raw", "denoising_normalised", "noising_raw");
        using HookedTransformer model = golden.Model();
        EvaluationSet pairs = golden.Pairs();
        PerPrompt clean = model.LogitDifference(pairs);
        foreach (JsonProperty grid in golden["denoising_raw"].EnumerateObject())
        {
            SweepResult result = Grid(model, pairs, SweepDirection.Denoising, grid.Name).Run();
            result.Unpatched.Value.Should().BeApproximately(GoldenFolder.Number(golden["corrupt_logit_diff"]), AnalysisGolden.Logits);
            Compare(grid, result, cell => result[cell].Value);
            foreach (JsonProperty normalised in golden["denoising_normalised"].EnumerateObject().Where(other => other.Name == grid.Name))
            {
                Compare(normalised, result, cell => result.Normalised(cell, clean).Value);
            }
        }

        golden["denoising_normalised"].EnumerateObject().Select(grid => grid.Name).Should().BeSubsetOf(golden["denoising_raw"].EnumerateObject().Select(grid => grid.Name));
        foreach (JsonProperty grid in golden["noising_raw"].EnumerateObject())
        {
            SweepResult result = Grid(model, pairs, SweepDirection.Noising, grid.Name).Run();
            result.Unpatched.Value.Should().BeApproximately(GoldenFolder.Number(golden["clean_logit_diff"]), AnalysisGolden.Logits);
            Compare(grid, result, cell => result[cell].Value);
        }
    }

    [TestCaseSource(nameof(PathPatching))]
    public void Paths_to_the_final_residual_stream(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(
            path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "clean_logit_diff", "corrupt_logit_diff", "receivers_chosen", "head_noising_delta", "results");
        using HookedTransformer model = golden.Model();
        EvaluationSet pairs = golden.Pairs();
        foreach (PathMlps mlps in Enum.GetValues<PathMlps>())
        {
            JsonElement expected = golden["results"].GetProperty("final_resid").GetProperty(mlps == PathMlps.Frozen ? "mlps_frozen" : "mlps_recomputed");
            SweepResult heads = Sweep.HeadPaths(model, pairs, SweepDirection.Noising, mlps).Run();
            SweepResult layers = Sweep.MlpPaths(model, pairs, SweepDirection.Noising, mlps).Run();
            foreach (JsonProperty numbers in expected.EnumerateObject())
            {
                SweepResult result = numbers.Name.StartsWith("heads", StringComparison.Ordinal) ? heads : layers;
                Compare(numbers, result, cell => numbers.Name.EndsWith("_delta", StringComparison.Ordinal) ? result.Effect(cell).Value : result[cell].Value);
            }
        }

        Compare(golden["head_noising_delta"], Sweep.Heads(model, pairs, SweepDirection.Noising).Run());
    }

    private static Sweep Grid(HookedTransformer model, PromptSet pairs, SweepDirection direction, string name)
    {
        string[] words = name.Split('_');
        return name switch
        {
            "resid_pre_by_pos" => Sweep.LayersByPosition(model, pairs, direction, Hook.ResidPre),
            "resid_mid_by_pos" => Sweep.LayersByPosition(model, pairs, direction, Hook.ResidMid),
            "attn_out_by_pos" => Sweep.LayersByPosition(model, pairs, direction, Hook.AttnOut),
            "mlp_out_by_pos" => Sweep.LayersByPosition(model, pairs, direction, Hook.MlpOut),
            "head_pattern_by_dest_pos" => Sweep.HeadsByPosition(model, pairs, direction, Hook.Pattern),
            _ when words is ["head", _, "all", "pos"] => Sweep.Heads(model, pairs, direction, layer => (words[1], layer)),
            _ when words is ["head", _, "by", "pos"] => Sweep.HeadsByPosition(model, pairs, direction, layer => (words[1], layer)),
            _ => throw new NotSupportedException($"The golden patches '{name}'."),
        };
    }

    private static void Compare(JsonProperty grid, SweepResult result, Func<SweepCell, double> value)
    {
        // Grids of heads by position are [layer][pos][head], cells go head by head; a pattern's grid is [layer][head][pos].
        IEnumerable<SweepCell> cells = grid.Name.StartsWith("head_", StringComparison.Ordinal) && grid.Name.EndsWith("_by_pos", StringComparison.Ordinal)
            ? result.Cells.OrderBy(cell => cell.Layer).ThenBy(cell => int.Parse(cell.At!.ToString())).ThenBy(cell => cell.Head)
            : result.Cells;
        double[] expected = GoldenFolder.Numbers(grid.Value);
        SweepCell[] ordered = [.. cells];
        ordered.Should().HaveSameCount(expected);
        for (int i = 0; i < expected.Length; i++)
        {
            value(ordered[i]).Should().BeApproximately(expected[i], AnalysisGolden.Logits, "that is {0} of {1}", ordered[i], grid.Name);
        }
    }

    private static void Compare(JsonElement numbers, SweepResult result)
    {
        double[] expected = GoldenFolder.Numbers(numbers);
        result.Cells.Select(cell => result.Effect(cell).Value).Zip(expected).Should().HaveCount(expected.Length).And.OnlyContain(pair => Math.Abs(pair.First - pair.Second) < AnalysisGolden.Logits);
    }
}
