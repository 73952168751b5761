using System.Globalization;
using System.Text.RegularExpressions;

namespace CircuitSpecs.Tests;

/// <summary>The life of a snapshot through <c>dotnet test</c>: missing, accepted by renaming, changed, left over.</summary>
public class SnapshotOutcomes
{
    /// <summary>How many deliberate claims are covered here.</summary>
    public const int Count = 1;

    private const string Filter = "TestCategory=0.3";
    private string folder = null!;

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("circuitspecs-snapshots-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Snapshot_is_missing_then_accepted_by_renaming_then_changed()
    {
        RealResult first = Run();
        first.Outcome.Should().Be("Failed");
        first.Message.Should().Contain("New:").And.Contain(".received.txt");
        string received = Directory.EnumerateFiles(folder, "*.received.txt", SearchOption.AllDirectories).Single();
        Path.GetFileName(received).Should().Be("SnapshotClaims.WithSnapshot_model=organism-a_of=value.received.txt");

        string verified = received.Replace(".received.", ".verified.", StringComparison.Ordinal);
        File.Move(received, verified);
        Run().Outcome.Should().Be("Passed");
        Directory.EnumerateFiles(folder, "*.received.txt", SearchOption.AllDirectories).Should().BeEmpty();

        File.WriteAllText(verified, Regex.Replace(File.ReadAllText(verified), @"(?m)^value: (.*)$", line => $"value: {double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture) + 0.5:0.0000}"));
        RealResult changed = Run();
        changed.Outcome.Should().Be("Failed");
        changed.Message.Should().Contain("NotEqual:").And.Contain("value");
    }

    [Test]
    public void Snapshot_that_no_claim_asks_for_fails_a_whole_run_in_CI_and_no_filtered_one()
    {
        Directory.CreateDirectory(Path.Combine(folder, "gone"));
        File.WriteAllText(Path.Combine(folder, "gone", "Gone.Claim_model=gpt2_of=value.verified.txt"), "left over");

        RealRun filtered = RealRun.Of(Filter, ("CIRCUITSPECS_SNAPSHOTS", folder), ("CI", "true"));
        filtered.Output.Should().NotContain("Gone.Claim");
        File.Exists(Report).Should().BeFalse();
        RealRun whole = RealRun.Of(null, ("CIRCUITSPECS_SNAPSHOTS", folder), ("CI", "true"));
        whole.Output.Should().Contain("Gone.Claim_model=gpt2_of=value.verified.txt");
        File.ReadAllText(Report).Should().Contain("Gone.Claim_model=gpt2_of=value.verified.txt");
        (string output, int exitCode) = AfterTheRun();
        exitCode.Should().NotBe(0);
        output.Should().Contain("error").And.Contain("Gone.Claim_model=gpt2_of=value.verified.txt");

        File.Delete(Report);
        AfterTheRun().ExitCode.Should().Be(0);
    }

    private static string Report => Path.Combine(Path.GetDirectoryName(RealRun.TestData)!, "dangling-snapshots.txt");

    // What "dotnet test" on a project does once the tests are through.
    private static (string Output, int ExitCode) AfterTheRun()
    {
        string binaries = Path.GetDirectoryName(RealRun.TestData)!;
        string project = Path.Combine(binaries, "..", "..", "..", "NUnit.TestData.csproj");
        return RealRun.Dotnet(["msbuild", project, "-t:FailOnDanglingSnapshots", "-nologo", "-nodeReuse:false", $"-p:OutDir={binaries}{Path.DirectorySeparatorChar}"]);
    }

    private RealResult Run() => RealRun.Of(Filter, ("CIRCUITSPECS_SNAPSHOTS", folder)).Results.Single();
}
