using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis;

public sealed class HeadDetectorTests
{
    private static readonly DetectionPattern[] Patterns = [DetectionPattern.PreviousToken, DetectionPattern.DuplicateToken, DetectionPattern.Induction];

    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("01_head_detector.json");

    [Category("Golden")]
    [TestCaseSource(nameof(Goldens))]
    public void Scores_and_patterns_are_those_recorded(string path)
    {
        AnalysisGolden golden = AnalysisGolden.Open(path, "definition", "source", "model", "tokens", "detection_patterns", "scores");
        using HookedTransformer model = golden.Model();
        var prompt = new Prompt { Tokens = [.. AnalysisGolden.Integers(golden["tokens"])], Text = "golden" };
        var prompts = new EvaluationSet("golden", 0, [prompt]);

        golden["detection_patterns"].EnumerateObject().Select(entry => entry.Name).Should().BeEquivalentTo(Patterns.Select(pattern => pattern.Name));
        foreach (JsonProperty recorded in golden["detection_patterns"].EnumerateObject())
        {
            Named(recorded.Name).Of(prompt).Cast<double>().ShouldEqual(recorded.Value, 0, recorded.Name);
        }

        foreach (JsonProperty recorded in golden["scores"].EnumerateObject())
        {
            string[] parts = recorded.Name.Split('|');
            DetectionMeasure measure = parts[1] switch
            {
                "mul" => DetectionMeasure.Share,
                "abs" => DetectionMeasure.Distance,
                _ => throw new NotSupportedException($"The golden records the measure '{parts[1]}'."),
            };

            HeadScoreTable scores = model.DetectionScores(prompts, Named(parts[0]), measure, Flag(parts[2], "exclude_bos"), Flag(parts[3], "exclude_current_token"));

            scores.Means().Cast<double>().ShouldEqual(recorded.Value, AnalysisGolden.Probabilities, recorded.Name);
        }
    }

    [Test]
    public void A_pattern_of_ones_takes_all_attention()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        var everywhere = new DetectionPattern("everywhere", prompt => Square(prompt.Tokens.Length, (query, key) => key <= query));

        model.DetectionScores(prompts, everywhere).Means().Cast<double>().Should().AllSatisfy(score => score.Should().BeApproximately(1, 1e-6));
        model.DetectionScores(prompts, everywhere, DetectionMeasure.Distance).Means().Cast<double>().Should().AllSatisfy(score => score.Should().BeLessThan(0));
    }

    [Test]
    public void Patterns_that_no_head_can_have_are_refused()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();

        new Action(() => model.DetectionScores(prompts, new DetectionPattern("ahead", prompt => Square(prompt.Tokens.Length, (_, _) => true))))
            .Should().Throw<InvalidOperationException>().WithMessage("*'ahead'*token 0 to the later token 1*");
        new Action(() => model.DetectionScores(prompts, new DetectionPattern("small", _ => new double[2, 2])))
            .Should().Throw<InvalidOperationException>().WithMessage("*2 × 2*5 tokens*");
    }

    private static DetectionPattern Named(string name) => Patterns.Single(pattern => pattern.Name == name);

    private static bool Flag(string text, string name) => text == $"{name}=True" || (text == $"{name}=False" ? false : throw new NotSupportedException($"The golden records '{text}'."));

    private static double[,] Square(int length, Func<int, int, bool> condition)
    {
        double[,] pattern = new double[length, length];
        for (int query = 0; query < length; query++)
        {
            for (int key = 0; key < length; key++)
            {
                pattern[query, key] = condition(query, key) ? 1 : 0;
            }
        }

        return pattern;
    }
}
