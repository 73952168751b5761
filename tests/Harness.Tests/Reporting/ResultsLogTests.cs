using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CircuitSpecs.Claims;
using CircuitSpecs.Reporting;
using CircuitSpecs.Tests.Snapshots;

namespace CircuitSpecs.Tests.Reporting;

public class ResultsLogTests
{
    private TemporaryFolder folder = null!;

    private string LogFile => folder.Below("results/run.jsonl");

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Results_read_back_as_written()
    {
        ClaimResult[] results =
        [
            Results.Failed,
            Results.Ignored,
            Results.Exact,
            Results.Passed with
            {
                Value = double.PositiveInfinity,
                Low = double.NegativeInfinity,
                High = 5e-324,
                Threshold = 0.1 + 0.2,
                Samples = [new("ratio \"≥\" 😀 \u2028", double.NaN, double.NaN), new("", -0.0, double.NegativeInfinity)],
                Specificity = new SpecificityResult(1, 0, 1, "1.1", double.NaN, null),
            },
        ];

        Write(results);

        ImmutableArray<ClaimResult> read = ResultsLog.Read(LogFile).Results;
        read.Should().HaveCount(4);
        read.Zip(results).Should().AllSatisfy(pair => pair.First.Should().BeEquivalentTo(pair.Second, options => options.ComparingByMembers<ClaimResult>().WithStrictOrdering()));
        read[3].Samples[0].Denominator.Should().Be(double.NaN);
        double.IsNegative(read[3].Samples[1].Value).Should().BeTrue();
    }

    [Test]
    public void Line_has_the_documented_fields_and_words()
    {
        Write(Results.Failed);

        using JsonDocument line = JsonDocument.Parse(File.ReadAllText(LogFile));
        JsonElement root = line.RootElement;
        foreach (string field in "claim problem sentence model component verdict recorded outcome value low high direction threshold n dropped nulls vacuous specificity samples conventions modelHash promptsHash engine commit seconds".Split(' '))
        {
            root.TryGetProperty(field, out _).Should().BeTrue(field);
        }

        root.GetProperty("verdict").GetString().Should().Be("refuted");
        root.GetProperty("recorded").GetString().Should().Be("holds");
        root.GetProperty("outcome").GetString().Should().Be("failed");
        root.GetProperty("direction").GetString().Should().Be("≥");
        root.GetProperty("dropped").GetProperty("clean = corrupt").GetInt32().Should().Be(3);
        root.GetProperty("nulls")[1].GetProperty("kind").GetString().Should().Be("swapped-component");
        root.GetProperty("samples")[1].GetProperty("text").GetString().Should().Be("second\nline");
    }

    [Test]
    public void What_was_not_measured_is_null_and_infinities_are_strings()
    {
        Write(Results.Ignored with { High = double.PositiveInfinity, Low = double.NegativeInfinity });

        string text = File.ReadAllText(LogFile);
        text.Should().Contain("\"value\":null,\"low\":\"-Infinity\",\"high\":\"Infinity\"").And.NotContain("NaN").And.Contain("≥");
    }

    [Test]
    public void Each_result_is_one_line_that_is_on_disk_before_the_log_is_closed()
    {
        using ResultsLog log = new(LogFile);
        log.Append(Results.Failed);
        log.Append(Results.Passed);

        using FileStream other = new(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        string text = new StreamReader(other).ReadToEnd();
        text.Should().EndWith("}\n");
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(2);
        ResultsLog.Read(LogFile).Results.Should().HaveCount(2);
    }

    [Test]
    public void Results_of_parallel_tests_do_not_mix()
    {
        using (ResultsLog log = new(LogFile))
        {
            Parallel.For(0, 64, i => log.Append(Results.Failed with { N = i }));
        }

        ResultsLog.Read(LogFile).Results.Select(result => result.N).Should().BeEquivalentTo(Enumerable.Range(0, 64));
    }

    [Test]
    public void Torn_last_line_is_a_warning_wherever_it_was_cut()
    {
        Write(Results.Passed, Results.Failed);
        byte[] whole = File.ReadAllBytes(LogFile);
        int first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int cut = first + 1; cut < whole.Length - 1; cut += 37)
        {
            File.WriteAllBytes(LogFile, whole[..cut]);

            ResultsLogContent content = ResultsLog.Read(LogFile);

            content.Results.Should().ContainSingle();
            content.Warnings.Should().ContainSingle().Which.Should().StartWith($"{LogFile}, line 2: the last line is torn");
        }
    }

    [Test]
    public void Last_line_that_lacks_only_its_newline_is_a_result()
    {
        Write(Results.Passed, Results.Failed);
        File.WriteAllBytes(LogFile, File.ReadAllBytes(LogFile)[..^1]);

        ResultsLogContent content = ResultsLog.Read(LogFile);

        content.Results.Should().HaveCount(2);
        content.Warnings.Should().BeEmpty();
    }

    [Test]
    public void Appending_to_a_torn_log_cuts_the_torn_line_off()
    {
        Write(Results.Passed);
        File.AppendAllText(LogFile, "{\"claim\":\"tor");

        Write(Results.Failed);

        ResultsLogContent content = ResultsLog.Read(LogFile);
        content.Results.Select(result => result.Problem).Should().Equal("2.26", "2.11");
        content.Warnings.Should().BeEmpty();
    }

    [TestCase("")]
    [TestCase("not json")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"claim\":\"only\"}")]
    public void Line_that_is_no_result_is_an_error_with_file_and_line(string bad)
    {
        Write(Results.Passed);
        string good = File.ReadAllText(LogFile);
        File.WriteAllText(LogFile, good + bad + "\n" + good);

        Error().Line.Should().Be(2);
        Error().Message.Should().StartWith($"{LogFile}, line 2: expected one result as a JSON object.");
    }

    [TestCase("\"verdict\":\"supported\"", "\"verdict\":\"proven\"")]
    [TestCase("\"verdict\":\"supported\"", "\"verdict\":1")]
    [TestCase("\"low\":0.8451", "\"low\":\"much\"")]
    [TestCase("\"sentence\":\"attends to the previous token\"", "\"sentence\":null")]
    [TestCase("\"n\":64", "\"n\":1.5")]
    public void Field_of_the_wrong_kind_is_an_error(string original, string edited)
    {
        Write(Results.Passed);
        string text = File.ReadAllText(LogFile);
        text.Should().Contain(original);
        File.WriteAllText(LogFile, text.Replace(original, edited, StringComparison.Ordinal));

        Error().Line.Should().Be(1);
    }

    [Test]
    public void Fields_of_a_later_version_carriage_returns_and_a_byte_order_mark_do_no_harm()
    {
        Write(Results.Passed);
        string text = File.ReadAllText(LogFile);
        File.WriteAllText(LogFile, text.Replace("{\"claim\"", "{\"future\":[1],\"claim\"", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal), new UTF8Encoding(true));

        ResultsLog.Read(LogFile).Results.Should().ContainSingle();
    }

    [Test]
    public void Empty_log_has_no_results()
    {
        Write();

        ResultsLog.Read(LogFile).Results.Should().BeEmpty();
    }

    private void Write(params ClaimResult[] results)
    {
        using ResultsLog log = new(LogFile);
        foreach (ClaimResult result in results)
        {
            log.Append(result);
        }
    }

    private ResultsLogException Error() => ((Action)(() => ResultsLog.Read(LogFile))).Should().Throw<ResultsLogException>().Which;
}
