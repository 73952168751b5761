using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using CircuitSpecs.Reporting;
using CircuitSpecs.Snapshots;
using NUnit.Framework;
using NUnit.Framework.Internal;

namespace CircuitSpecs;

/// <summary>What all claims of one test run share: the models, the results log, the snapshots, and the report at the end.</summary>
internal sealed class ClaimSession
{
    /// <summary>The variable that names another folder of snapshots than the repository's.</summary>
    public const string SnapshotsVariable = "CIRCUITSPECS_SNAPSHOTS";

    /// <summary>The file beside the tests that says which snapshots are left over, on a build server.</summary>
    public const string DanglingReport = "dangling-snapshots.txt";

    // A runner shows nothing of tests that pass, and a run over larger models takes minutes.
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(15);

    private static readonly Lazy<ClaimSession> Instance = new(() => new ClaimSession());
    private readonly ConcurrentDictionary<string, string> methodsById = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ClaimResult> results = new();
    private readonly Stopwatch running = Stopwatch.StartNew();
    private readonly Stopwatch sinceProgress = Stopwatch.StartNew();
    private readonly Lazy<ResultsLog> log = new(() => new ResultsLog(Path.Combine(ResultsFolder.Find(), ResultsLog.NewRunName() + ".jsonl")));
    private readonly SnapshotVerifier snapshots = new(Environment.GetEnvironmentVariable(SnapshotsVariable) is { Length: > 0 } folder ? folder : SnapshotFolder.Find());

    /// <summary>The session of this process.</summary>
    public static ClaimSession Current => Instance.Value;

    /// <summary>Judges the claims.</summary>
    public ClaimRunner Runner { get; } = new(new StoredModels(ModelStore.Default));

    /// <summary>Keeps a result: for the log at once, for the table at the end.</summary>
    /// <param name="result">The result.</param>
    public void Record(ClaimResult result)
    {
        results.Enqueue(result);
        log.Value.Append(result);
        if (sinceProgress.Elapsed > ProgressEvery)
        {
            sinceProgress.Restart();
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{results.Count} claims × models judged after {running.Elapsed.TotalSeconds:0} s; the last: {result.Problem} {result.Title} › {result.Sentence} › {result.Model}"));
        }
    }

    /// <summary>Compares what the claim asks for with its snapshots, where it has come to the recorded verdict.</summary>
    /// <param name="test">The test case, which names the files and gets the received ones attached.</param>
    /// <param name="run">The judged claim.</param>
    /// <returns>The result, failed where a snapshot differs.</returns>
    public ClaimResult Compare(ClaimTestMethod test, ClaimRun run)
    {
        ClaimResult result = run.Result;
        string method = methodsById.GetOrAdd(result.Claim, test.Method.MethodInfo.Name + " of " + test.TypeInfo!.FullName);
        if (method != test.Method.MethodInfo.Name + " of " + test.TypeInfo!.FullName)
        {
            return result with { Outcome = Outcome.Error, Message = $"The id '{result.Claim}' belongs to {method} already; give one of the two another with [Claim(…, Id = …)]." };
        }

        SnapshotVerifier folder = snapshots.In($"{result.Problem} {result.Title}");
        if (result.Outcome != Outcome.Passed)
        {
            KeepUnused(folder, test, result);
            return result;
        }

        List<string> mismatches = [];
        foreach (SnapshotRequest request in run.Snapshots)
        {
            try
            {
                folder.Verify(NameOf(test, result, request.Name), request.SnapshotFor(result));
            }
            catch (SnapshotMismatchException mismatch)
            {
                mismatches.Add(mismatch.Message);
                TestContext.AddTestAttachment(mismatch.Pair.Received, "received snapshot");
            }
        }

        return mismatches.Count == 0
            ? result
            : result with { Outcome = Outcome.Failed, Message = string.Join(Environment.NewLine + Environment.NewLine, mismatches) };
    }

    /// <summary>The end of the run: table, job summary, snapshots that nothing asked for.</summary>
    /// <param name="claims">How many claims the assembly holds; where fewer ran, a filter left some out.</param>
    public void Finish(int claims)
    {
        Runner.Dispose();
        File.Delete(DanglingReportPath);
        if (results.IsEmpty)
        {
            return;
        }

        ClaimResult[] all = [.. results];
        // The adapter passes on what is written to the error stream, each write as a message of its own, so the table is
        // written in one; the output stream is shown for single tests only.
        using var table = new StringWriter(CultureInfo.InvariantCulture);
        ClaimTable.Write(table, all);
        Console.Error.WriteLine(table.ToString());
        using Process process = Process.GetCurrentProcess();
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Results: {log.Value.FilePath} ({(DateTime.Now - process.StartTime).TotalSeconds:0} s, at most {process.PeakWorkingSet64 / 1048576.0:0} MB)"));
        if (Environment.GetEnvironmentVariable(JobSummary.FileVariable) is { Length: > 0 } summary)
        {
            JobSummary.AppendTo(summary, all);
            foreach (string annotation in JobSummary.Annotations(all))
            {
                Console.Error.WriteLine(annotation);
            }
        }

        log.Value.Dispose();
        ReportDangling(wholeSuiteRan: all.Length >= claims);
    }

    private static string DanglingReportPath => Path.Combine(AppContext.BaseDirectory, DanglingReport);

    // The adapter shows no failure of a whole assembly, so the build files look for this file after the run, and fail.
    private void ReportDangling(bool wholeSuiteRan)
    {
        try
        {
            if (DanglingSnapshots.Check(snapshots.Directory, snapshots.Ledger, wholeSuiteRan) is { Files.IsEmpty: false } dangling)
            {
                Console.Error.WriteLine($"No claim asked for these snapshots: {string.Join(", ", dangling.Files)}");
            }
        }
        catch (DanglingSnapshotsException left)
        {
            Console.Error.WriteLine(left.Message);
            File.WriteAllText(DanglingReportPath, left.Message);
        }
    }

    private static SnapshotName NameOf(ClaimTestMethod test, ClaimResult result, string snapshot) =>
        SnapshotName.For(test.TypeInfo!.Type, test.Method.MethodInfo.Name, [.. Parameters(result), KeyValuePair.Create("of", snapshot)]);

    private static IEnumerable<KeyValuePair<string, string>> Parameters(ClaimResult result)
    {
        yield return KeyValuePair.Create("model", result.Model);
        if (result.Component is { } component)
        {
            yield return KeyValuePair.Create("component", component);
        }
    }

    // A claim that was not judged here (its model is absent, or it failed before) has not asked for its snapshots, but
    // they are not left over either.
    private void KeepUnused(SnapshotVerifier folder, ClaimTestMethod test, ClaimResult result)
    {
        string prefix = SnapshotName.For(test.TypeInfo!.Type, test.Method.MethodInfo.Name, Parameters(result).Take(1)).Stem;
        if (Directory.Exists(folder.Directory))
        {
            foreach (string file in Directory.EnumerateFiles(folder.Directory, prefix + "_*" + SnapshotPair.VerifiedSuffix))
            {
                snapshots.Ledger.WouldUse(file);
            }
        }
    }
}
