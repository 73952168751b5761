using System.Collections.Immutable;
using System.Diagnostics;
using System.Xml.Linq;

namespace CircuitSpecs.Tests;

/// <summary>One run of the deliberately wrong claims through <c>dotnet test</c>, as a user's would be, read back from its TRX file.</summary>
internal sealed class RealRun
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    private RealRun(string output, int exitCode, ImmutableArray<RealResult> results, string folder)
    {
        Output = output;
        ExitCode = exitCode;
        Results = results;
        Folder = folder;
    }

    public string Output { get; }

    public int ExitCode { get; }

    public ImmutableArray<RealResult> Results { get; }

    /// <summary>Where the run left its results log.</summary>
    public string Folder { get; }

    public static string TestData
    {
        get
        {
            // tests/NUnit.Tests/bin/<configuration>/<framework> → the same of tests/NUnit.TestData.
            DirectoryInfo own = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            string framework = own.Name;
            string configuration = own.Parent!.Name;
            return Path.Combine(own.Parent!.Parent!.Parent!.Parent!.FullName, "NUnit.TestData", "bin", configuration, framework, "CircuitSpecs.NUnit.TestData.dll");
        }
    }

    public static RealRun Of(string? filter = null, params (string Name, string Value)[] environment)
    {
        string folder = Directory.CreateTempSubdirectory("circuitspecs-").FullName;
        (string output, int exitCode) = Dotnet(
            ["test", TestData, "--test-adapter-path", AppContext.BaseDirectory, "--logger", "trx;LogFileName=run.trx", "--results-directory", folder, .. filter is null ? [] : new[] { "--filter", filter }],
            [("CIRCUITSPECS_RESULTS", folder), ("CIRCUITSPECS_SNAPSHOTS", Path.Combine(folder, "snapshots")), .. environment]);
        string trx = Path.Combine(folder, "run.trx");
        return File.Exists(trx)
            ? new RealRun(output, exitCode, Read(trx), folder)
            : throw new InvalidOperationException($"dotnet test wrote no TRX file:{Environment.NewLine}{output}");
    }

    public static (string Output, int ExitCode) Dotnet(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What decides an outcome must not come from the machine that these tests run on.
        foreach (string name in new[] { "CIRCUITSPECS_STRICT", "CIRCUITSPECS_ACCEPT", "CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY" })
        {
            start.Environment.Remove(name);
        }

        // The outer test host's own settings would reach the inner one.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("VSTEST_", StringComparison.Ordinal) || name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (output, process.ExitCode);
    }

    public RealResult Of(string method) => Results.Single(result => result.FullName.Contains($".{method}.", StringComparison.Ordinal));

    private static ImmutableArray<RealResult> Read(string path)
    {
        XDocument document = XDocument.Load(path);
        Dictionary<string, string> methods = document.Descendants(Trx + "UnitTest").ToDictionary(
            test => (string)test.Attribute("id")!,
            test => $"{(string)test.Element(Trx + "TestMethod")!.Attribute("className")!}.{(string)test.Element(Trx + "TestMethod")!.Attribute("name")!}");
        return [.. document.Descendants(Trx + "UnitTestResult").Select(result => new RealResult(
            (string)result.Attribute("testName")!,
            methods[(string)result.Attribute("testId")!],
            (string)result.Attribute("outcome")!,
            string.Join(Environment.NewLine, result.Descendants(Trx + "Message").Concat(result.Descendants(Trx + "StdOut")).Select(element => element.Value))))];
    }
}
