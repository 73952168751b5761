using CircuitSpecs.Tests.Models.Hub;

namespace CircuitSpecs.Tests;

/// <summary>The command around the download: its exit codes, what it says, how it is interrupted. What a hub may do to a download is in the harness's tests.</summary>
public class PullCommandTests
{
    private static readonly byte[] Weights = LocalHub.Random(700_001);

    private LocalHub hub = null!;
    private CommandRun run = null!;

    [SetUp]
    public void StartHub()
    {
        hub = new LocalHub();
        hub.Add("config.json", "{\"model_type\":\"gpt2\"}");
        hub.Add("model.safetensors", Weights);
        run = new CommandRun().With("HF_ENDPOINT", hub.Address).With("HF_HUB_CACHE", "cache");
    }

    [TearDown]
    public void StopHub()
    {
        hub.Dispose();
        run.Dispose();
    }

    [Test]
    public void Files_and_then_the_snapshot_are_named()
    {
        run.Circuits("pull", "org/tiny").Should().Be(0);

        string[] lines = run.Output.TrimEnd().Split('\n');
        lines[..2].Should().BeEquivalentTo("config.json  21 B", "model.safetensors  700 kB");
        lines[2].Should().Be($"org/tiny at {LocalHub.Commit}: 2 files, 700 kB, 700 kB of them downloaded now.");
        lines[3].Should().Be(run[$"cache/models--org--tiny/snapshots/{LocalHub.Commit}"]);
        run.Error.Should().BeEmpty();
        File.ReadAllBytes(Path.Combine(lines[3], "model.safetensors")).Should().Equal(Weights);
    }

    [Test]
    public void What_is_there_is_not_downloaded_again()
    {
        run.Circuits("pull", "org/tiny");

        run.Circuits("pull", "org/tiny").Should().Be(0);

        run.Output.Should().Contain("model.safetensors  700 kB  already there\n").And.Contain("2 files, 700 kB, 0 B of them downloaded now.");
    }

    [Test]
    public void Pulled_model_is_listed()
    {
        run.Circuits("pull", "org/tiny");

        run.With("HF_HUB_CACHE", run["cache"]).Circuits("models").Should().Be(0);

        run.Output.Should().MatchRegex("(?m)^org/tiny +gpt2 ");
    }

    [Test]
    public void Revision_stands_behind_an_at_sign()
    {
        run.Circuits("pull", "org/tiny@refs/pr/1").Should().Be(0);

        hub.Requests.First().Path.Should().Be("/api/models/org/tiny/revision/refs%2Fpr%2F1");
        File.ReadAllText(run["cache/models--org--tiny/refs/refs/pr/1"]).Should().Be(LocalHub.Commit);
    }

    [Test]
    public void Included_files_come_too()
    {
        hub.Add("onnx/model.onnx", "onnx");

        run.Circuits("pull", "org/tiny", "--include", "onnx/*", "--jobs", "1").Should().Be(0);

        run.Output.Should().Contain("onnx/model.onnx  4 B\n");
    }

    [Test]
    public void Failure_that_is_tried_again_is_shown()
    {
        hub.Add("model.safetensors", Weights).CutAtBytes(300_000);

        run.Circuits("pull", "org/tiny").Should().Be(0);

        run.Output.Should().MatchRegex(@"(?m)^model\.safetensors: .*again in [\d.]+ s$");
    }

    [Test]
    public void Refusal_of_the_hub_is_an_exit_code_of_1()
    {
        hub.Intercept = _ => new LocalHub.Answer(401, [], new Dictionary<string, string> { ["X-Error-Code"] = "GatedRepo" });

        run.Circuits("pull", "org/tiny").Should().Be(1);

        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("circuits pull: 'org/tiny' is gated: ask for access at ").And.Contain("HF_TOKEN").And.NotContain("   at ");
    }

    [TestCase("org/tiny", "--jobs", "0", "--jobs expects a number from 1 to 64.")]
    [TestCase("../evil", "--jobs", "1", "is not the name of a model at a hub")]
    [TestCase("org/tiny@", "--jobs", "1", "is not a revision")]
    [TestCase("org/tiny", "--include", "*.nothing", "No file of 'org/tiny' fits '*.nothing'")]
    public void What_cannot_be_is_refused(string model, string option, string value, string message)
    {
        run.Circuits("pull", model, option, value).Should().Be(1);

        run.Error.Should().Contain(message);
        Directory.Exists(run["cache/models--org--tiny"]).Should().BeFalse();
    }

    [Test]
    public void Settings_come_from_the_environment()
    {
        run.With("HF_TOKEN", "hf_secret").Circuits("pull", "org/tiny").Should().Be(0);
        hub.Requests.Where(request => request.IsHub).Should().OnlyContain(request => request.Headers["Authorization"] == "Bearer hf_secret");

        run.With("HF_HUB_OFFLINE", "1").Circuits("pull", "org/tiny").Should().Be(1);
        run.Error.Should().Contain("HF_HUB_OFFLINE forbids").And.Contain("It is in the cache");

        run.With("HF_ENDPOINT", "ftp://hub").Circuits("pull", "org/tiny").Should().Be(1);
        run.Error.Should().Contain("HF_ENDPOINT is 'ftp://hub'");
    }

    [Test]
    public void Cancelled_download_is_gone_on_with()
    {
        using CancellationTokenSource cancel = new();
        run.Cancel = cancel.Token;
        hub.Add("model.safetensors", Weights).Pause = TimeSpan.FromMilliseconds(20);
        cancel.CancelAfter(TimeSpan.FromMilliseconds(400));

        run.Circuits("pull", "org/tiny").Should().Be(130);

        run.Error.Should().Be("circuits pull: interrupted. What has arrived is kept; 'circuits pull org/tiny' goes on from there.\n");
        Directory.Exists(run["cache/models--org--tiny/snapshots"]).Should().BeFalse();

        run.Cancel = CancellationToken.None;
        hub.Add("model.safetensors", Weights);
        run.Circuits("pull", "org/tiny").Should().Be(0);
    }
}
