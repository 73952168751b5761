using System.Security.Cryptography;
using System.Text;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Claims;

public class ClaimRunnerResultTests
{
    [Test]
    public void Result_says_everything_that_its_number_depends_on()
    {
        EvaluationSet prompts = Synthetic.Prompts(dropped: new Dictionary<string, int> { ["too long"] = 3 });
        PerPrompt ratio = PerPrompt.RatioOfMeans(Synthetic.Samples, Synthetic.WithMean(2));
        ClaimResult result = Runs.Run(
            Runs.Defined((model, _) =>
            {
                ExperimentNotes.Add("intervention", $"on {model.Weights.Name}");
                return Claim.That(prompts, _ => model.IsNull() ? ratio * -1 : ratio).IsAtLeast(0.1).IsAtMost(0.9).In("share");
            }, processing: WeightProcessing.FoldLayerNorm),
            Runs.Recorded());
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        (result.Claim, result.Problem, result.Title, result.Sentence, result.Model, result.Component).Should().Be((Runs.Id, "0.1", "Runner", "is large", "small", null));
        (result.Because, result.Rerun, result.Recorded).Should().Be(("it was made so", "dotnet test", Expectation.Holds));
        int seed = BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(Runs.Id)).AsSpan()[..4]) & 0x7FFFFFFF;
        Interval interval = Bootstrap.BiasCorrectedAccelerated(ratio, confidence: 0.95, seed: seed, resamples: 2000);
        (result.Low, result.High, result.Confidence).Should().Be((interval.Low, interval.High, 0.95));
        result.Value.Should().BeApproximately(0.25, 1e-12);
        (result.Direction, result.Threshold, result.Unit, result.N).Should().Be(("≥", 0.1, "share", 12));
        result.Dropped.Should().Equal(new Dictionary<string, int> { ["too long"] = 3 });
        result.Conditions.Should().HaveCount(2);
        result.Conditions[0].Should().StartWith("supported: is at least 0.1: 0.25 [");
        result.Conditions[1].Should().StartWith("supported: is at most 0.9: 0.25 [");
        result.Samples.Should().HaveCount(12);
        result.Samples[3].Should().Be(new SampleRecord("prompt 3", ratio.Numerators[3], ratio.Denominators[3]));
        result.Conventions.Should().Equal(new Dictionary<string, string>
        {
            ["aggregation"] = "ratio of means",
            ["bos"] = "not prepended; all begin with token 1",
            ["dtype"] = "float32, statistics in float64",
            ["intervention"] = "on small",
            ["interval"] = $"BCa bootstrap, 2000 resamples, seed {seed}",
            ["prompts"] = "synthetic, seed 1, n 12",
            ["weight processing"] = "FoldLayerNorm",
        });
        (result.ModelHash, result.PromptsHash).Should().Be(("hash", prompts.Hash));
        result.Engine.Should().StartWith(typeof(Tensor).Assembly.GetName().Name).And.EndWith($"{get_num_threads()} threads");
        result.Commit.Should().Be(WorkingTree.Commit);
        result.Seconds.Should().BePositive();
    }

    [Test]
    public void Exact_claims_have_neither_prompts_nor_samples()
    {
        ClaimResult result = Runs.Run(Runs.Defined((model, _) => Claim.Exactly(model.IsNull() ? -1 : 1).IsAtLeast(0).In("norm")), Runs.Recorded(new Head(0, 0), Expectation.Holds, [.. Head.AllIn(Synthetic.Config)]));
        (result.Value, result.Low, result.High, result.Confidence, result.N, result.PromptsHash, result.Unit).Should().Be((1, 1, 1, 1, 0, "", "norm"));
        result.Samples.Should().BeEmpty();
        result.Component.Should().Be("0.0");
    }

    [Test]
    public void Specificity_is_that_of_the_named_component()
    {
        ClaimResult result = Runs.Run(
            Runs.Defined((model, head) => Synthetic.Claimed(Synthetic.WithMean(model.IsNull() || head is null ? -5 : ((Head)head).Layer)).IsAtLeast(1.5)),
            Runs.Recorded(new Head(2, 0), Expectation.Holds, new Head(2, 1), new Head(2, 2)));
        result.Outcome.Should().Be(Outcome.Passed, result.Message);
        (result.Specificity!.Peers, result.Specificity.AlsoPass, result.Specificity.Rank).Should().Be((8, 2, 1));
    }

    [Test]
    public void Same_run_gives_the_same_result()
    {
        ClaimDefinition definition = Runs.Defined((model, head) => Claim.That(
            SmallTransformer.Prompts(count: 10),
            prompts => new PerPrompt(prompts.Prompts.Select((_, index) => (model.Weights["embed.W_E"][index, 0].item<float>() + (head == new Head(0, 1) ? 1.0 : 0.1 * ((Head)head!).Index))))).IsAtLeast(-2));
        ClaimResult[] results = [Runs.Run(definition, Runs.Recorded(new Head(0, 1))), Runs.Run(definition, Runs.Recorded(new Head(0, 1)))];
        results[0].Specificity.Should().NotBeNull();
        results[0].Nulls.Should().HaveCount(5);
        results[1].Should().BeEquivalentTo(results[0], options => options.ComparingByMembers<ClaimResult>().Excluding(result => result.Seconds).WithStrictOrdering());
    }

    [Test]
    public void Seed_belongs_to_the_claim_and_not_to_the_order_of_the_run()
    {
        static ClaimResult Run(string id) => Runs.Run(Runs.Defined((_, _) => Synthetic.Claimed(Synthetic.Samples).IsAtLeast(9), id), Runs.Recorded());
        Run("0.1/a").Low.Should().Be(Run("0.1/a").Low);
        Run("0.1/a").Low.Should().NotBe(Run("0.1/b").Low);
    }

    [Test]
    public void Snapshots_are_those_of_the_model_and_not_of_its_null_models()
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source);
        ClaimRun run = runner.Run(
            Runs.Defined((model, _) => Synthetic.Claimed(Synthetic.WithMean(model.IsNull() ? -1 : 1)).IsAtLeast(0).MatchesSnapshot(
                SnapshotRequest.OfScores(() => model.IsNull() ? throw new InvalidOperationException("of a null model") : new double[,] { { 7 } }))),
            Runs.Recorded());
        run.Snapshots.Should().ContainSingle().Which.SnapshotFor(run.Result).Content.Cells.Single().Value.Should().Be(7);
    }

    [Test]
    public void Snapshot_of_the_value_is_of_the_value_in_the_result()
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source);
        ClaimRun run = runner.Run(Runs.Defined((_, _) => Synthetic.Claimed(Synthetic.Samples).IsAtLeast(2).MatchesSnapshot()), Runs.Recorded());
        run.Snapshots.Single().SnapshotFor(run.Result).Content.Cells.Select(cell => cell.Value).Should().Equal(run.Result.High, run.Result.Low, run.Result.Value);
    }
}
