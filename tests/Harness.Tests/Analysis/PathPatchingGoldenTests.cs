using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class PathPatchingGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("05_path_patching.json");

    [TestCaseSource(nameof(Goldens))]
    public void Every_sender_to_every_receiver(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "clean_logit_diff", "corrupt_logit_diff", "receivers_chosen", "head_noising_delta", "results");
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        double clean = model.LogitDifference(prompts).Value;
        clean.Should().BeApproximately(GoldenFolder.Number(golden["clean_logit_diff"]), AnalysisGolden.Logits);
        model.LogitDifference(prompts, CorruptRun.Instance).Value.Should().BeApproximately(GoldenFolder.Number(golden["corrupt_logit_diff"]), AnalysisGolden.Logits);
        foreach (JsonProperty receiver in golden["results"].EnumerateObject())
        {
            foreach (JsonProperty mlps in receiver.Value.EnumerateObject())
            {
                foreach (JsonProperty grid in mlps.Value.EnumerateObject())
                {
                    Component[] senders = grid.Name.StartsWith("heads", StringComparison.Ordinal) ? [.. Head.AllIn(model.Config)] : [.. Mlp.AllIn(model.Config)];
                    double subtracted = grid.Name switch { "heads" or "mlps" => 0, "heads_delta" or "mlps_delta" => clean, _ => throw new NotSupportedException($"The golden records '{grid.Name}'.") };
                    double[] expected = GoldenFolder.Numbers(grid.Value);
                    expected.Should().HaveCount(senders.Length);
                    for (int i = 0; i < senders.Length; i++)
                    {
                        double actual = Patched(model, prompts, senders[i], Receiver(receiver.Name), Mlps(mlps.Name), clean);
                        (actual - subtracted).Should().BeApproximately(expected[i], AnalysisGolden.Logits, "that is {0} of {1} with {2} from {3}", grid.Name, receiver.Name, mlps.Name, senders[i]);
                    }
                }
            }
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Receivers_are_the_heads_with_the_largest_effect(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "model", "clean_tokens", "corrupt_tokens", "answer_tokens", "wrong_tokens", "text", "definition", "source", "clean_logit_diff", "corrupt_logit_diff", "receivers_chosen", "head_noising_delta", "results");
        using HookedTransformer model = golden.Model();
        EvaluationSet prompts = golden.Pairs();
        double clean = model.LogitDifference(prompts).Value;

        Dictionary<Head, double> effects = Head.AllIn(model.Config).ToDictionary(head => head, head => model.LogitDifference(prompts, ActivationPatch.Noising(head)).Value - clean);

        double[] expected = GoldenFolder.Numbers(golden["head_noising_delta"]);
        Head.AllIn(model.Config).Select((head, i) => Math.Abs(effects[head] - expected[i])).Should().OnlyContain(difference => difference < AnalysisGolden.Logits);
        IEnumerable<Head> largest = effects.Keys.Where(head => head.Layer >= model.Config.Layers / 2).OrderByDescending(head => Math.Abs(effects[head])).Take(2);
        golden["results"].EnumerateObject().Select(receiver => receiver.Name).Where(name => name != "final_resid").Select(HeadOf).Distinct().Should().BeEquivalentTo(largest);
    }

    private static double Patched(HookedTransformer model, EvaluationSet prompts, Component sender, PathReceiver receiver, PathMlps mlps, double clean)
    {
        try
        {
            return model.LogitDifference(prompts, PathPatch.Noising(sender, receiver, mlps)).Value;
        }
        catch (ArgumentException error) when (error.Message.StartsWith("No path leads", StringComparison.Ordinal))
        {
            // The reference records the unchanged value for senders that no path leads from.
            return clean;
        }
    }

    private static PathReceiver Receiver(string name) => name == "final_resid" ? PathReceiver.FinalResidual : name.Split('.')[1] switch
    {
        "q" => PathReceiver.Queries(HeadOf(name)),
        "k" => PathReceiver.Keys(HeadOf(name)),
        "v" => PathReceiver.Values(HeadOf(name)),
        _ => throw new NotSupportedException($"The golden patches '{name}'."),
    };

    /// <summary><c>L5H0.q</c> is of head 5.0.</summary>
    private static Head HeadOf(string name) => Head.Parse(name.Split('.')[0].TrimStart('L').Replace('H', '.'));

    private static PathMlps Mlps(string name) => name switch
    {
        "mlps_recomputed" => PathMlps.Recomputed,
        "mlps_frozen" => PathMlps.Frozen,
        _ => throw new NotSupportedException($"The golden has '{name}'."),
    };
}
