using System.Diagnostics;
using CircuitSpecs.Tests.Models.Hub;

namespace CircuitSpecs.Tests;

/// <summary><c>circuits pull</c> as a process of its own, for what one process cannot do to itself: signals, and the proxies of an environment.</summary>
public class PullProcessTests
{
    private static readonly byte[] Weights = LocalHub.Random(700_001);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static string Circuits => Path.Combine(AppContext.BaseDirectory, "circuits.dll");

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

    [Test, Platform("Unix")]
    public void Interrupt_ends_it_with_130_and_the_next_one_goes_on_from_there()
    {
        hub.Add("model.safetensors", Weights).Pause = TimeSpan.FromMilliseconds(50);
        using Process process = Start();
        Task<string> error = process.StandardError.ReadToEndAsync();
        WaitFor(process, () => Incomplete() > 100_000);

        Process.Start("kill", ["-INT", process.Id.ToString()])!.WaitForExit();
        process.WaitForExit(Patience).Should().BeTrue("an interrupted download ends");

        process.ExitCode.Should().Be(130);
        error.Result.Should().Be("circuits pull: interrupted. What has arrived is kept; 'circuits pull org/tiny' goes on from there.\n");
        Directory.Exists(run["cache/models--org--tiny/snapshots"]).Should().BeFalse();
        long kept = Incomplete();
        kept.Should().BeGreaterThan(100_000).And.BeLessThan(Weights.Length);

        hub.Requests.Clear();
        hub.Add("model.safetensors", Weights);
        run.Circuits("pull", "org/tiny").Should().Be(0);
        hub.Downloads.Single(request => !request.IsHub).Headers["Range"].Should().Be($"bytes={kept}-");
    }

    [Test]
    public void Killed_download_leaves_nothing_that_looks_whole()
    {
        hub.Add("model.safetensors", Weights).Pause = TimeSpan.FromMilliseconds(50);
        using Process process = Start();
        WaitFor(process, () => Incomplete() > 100_000);

        process.Kill();
        process.WaitForExit();

        Directory.Exists(run["cache/models--org--tiny/snapshots"]).Should().BeFalse();
        Directory.EnumerateFiles(run["cache/models--org--tiny/blobs"]).Should().OnlyContain(file => file.EndsWith(".incomplete", StringComparison.Ordinal) || new FileInfo(file).Length == 21);
        hub.Add("model.safetensors", Weights);
        run.Circuits("pull", "org/tiny").Should().Be(0);
        File.ReadAllBytes(Path.Combine(run.Output.TrimEnd().Split('\n')[^1], "model.safetensors")).Should().Equal(Weights);
    }

    // 'script' gives the command a terminal of its own. Debian and Ubuntu always have it, some small images do not, and .NET cannot open a terminal itself; what is pulled is tested above without one.
    [Test, Platform("Linux")]
    public void Bars_on_a_terminal_end_with_the_cursor_where_it_was()
    {
        const string Script = "/usr/bin/script";
        if (!File.Exists(Script))
        {
            Assert.Ignore($"'{Script}' (util-linux) is absent.");
        }

        hub.Add("model.safetensors", Weights).Pause = TimeSpan.FromMilliseconds(10);
        ProcessStartInfo start = InEnvironment(new ProcessStartInfo(Script, ["-qec", $"dotnet '{Circuits}' pull org/tiny", "/dev/null"]));
        start.Environment["TERM"] = "xterm";
        start.RedirectStandardInput = true;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit(Patience).Should().BeTrue();

        process.ExitCode.Should().Be(0);
        output.Should().Contain("model.safetensors").And.Contain("━").And.Contain($"org/tiny at {LocalHub.Commit}: 2 files, 700 kB");
        output.LastIndexOf("\u001b[?25h", StringComparison.Ordinal).Should().BeGreaterThan(output.LastIndexOf("\u001b[?25l", StringComparison.Ordinal), "a hidden cursor is shown again");
    }

    // No name server knows hub.invalid: the proxy alone can get there.
    [TestCase("HTTP_PROXY", "http://hub.invalid", "127.0.0.1", true, false)]
    [TestCase("http_proxy", "http://hub.invalid", "127.0.0.1", true, false)]
    [TestCase("ALL_PROXY", "http://hub.invalid", "127.0.0.1", true, false)]
    [TestCase("HTTP_PROXY", null, "hub.invalid", true, true)]
    [TestCase("HTTP_PROXY", null, "hub.invalid,127.0.0.1", false, false)]
    public void Proxies_of_the_environment_are_honoured(string variable, string? endpoint, string exceptions, bool forTheHub, bool forTheCdn)
    {
        using LocalProxy proxy = new(hub.Address);
        using Process process = Start(("HF_ENDPOINT", endpoint ?? hub.Address), (variable, proxy.Address), ("NO_PROXY", exceptions));
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit(Patience).Should().BeTrue();

        process.ExitCode.Should().Be(0, error + output.Result);
        proxy.Asked.Count(address => address.StartsWith(endpoint ?? hub.Address, StringComparison.Ordinal)).Should().Be(forTheHub ? hub.Requests.Count(request => request.IsHub) : 0);
        proxy.Asked.Count(address => address.StartsWith(hub.CdnAddress, StringComparison.Ordinal)).Should().Be(forTheCdn ? hub.Requests.Count(request => !request.IsHub) : 0);
        hub.Downloads.Where(request => !request.IsHub).Should().ContainSingle();
    }

    private long Incomplete() => Directory.Exists(run["cache/models--org--tiny/blobs"])
        ? Directory.EnumerateFiles(run["cache/models--org--tiny/blobs"], "*.incomplete").Select(file => new FileInfo(file)).Where(file => file.Exists && file.Name.Length > 64).Sum(file => file.Length)
        : 0;

    private static void WaitFor(Process process, Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            process.HasExited.Should().BeFalse("the download is under way");
            Stopwatch.GetElapsedTime(start).Should().BeLessThan(Patience);
            Thread.Sleep(20);
        }
    }

    private Process Start(params (string Variable, string Value)[] environment)
    {
        ProcessStartInfo start = InEnvironment(new ProcessStartInfo("dotnet", [Circuits, "pull", "org/tiny"]));
        foreach ((string variable, string value) in environment)
        {
            start.Environment[variable] = value;
        }

        return Process.Start(start)!;
    }

    private ProcessStartInfo InEnvironment(ProcessStartInfo start)
    {
        start.WorkingDirectory = run.Folder;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["HF_ENDPOINT"] = hub.Address;
        start.Environment["HF_HUB_CACHE"] = "cache";
        start.Environment["HF_HOME"] = run["home"];
        foreach (string proxy in (string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"])
        {
            start.Environment.Remove(proxy);
            start.Environment.Remove(proxy.ToLowerInvariant());
        }

        return start;
    }
}
