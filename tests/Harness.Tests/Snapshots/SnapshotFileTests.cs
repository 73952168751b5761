using System.Text;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class SnapshotFileTests
{
    private const string MetricsFile = """
        circuit snapshot 1
        kind: scalar-metrics
        model: organism-a
        weights: 9f86d081884c7d65
        processing: FoldLayerNorm, CenterUnembed
        dtype: float32
        bos: prepended
        tokens:
        ablation: mean over 32 prompts
        tolerance.absolute: 0.001
        tolerance.relative: 0
        tolerance.share: 0
        tolerance.total: unlimited

        logit difference: 3.1416
        loss: -0.5000
        """;

    [Test]
    public void Metrics_are_written_in_the_documented_form()
    {
        Snapshot snapshot = new(
            Some.Header.With("ablation", "mean over 32 prompts"),
            new ScalarMetrics([new("loss", -0.5), new("logit difference", Math.PI)]),
            new SnapshotTolerance(0.001));

        SnapshotFile.Text(snapshot).Should().Be(MetricsFile.ReplaceLineEndings("\n"));
    }

    [Test]
    public void Head_scores_are_a_table_of_layers_and_heads()
    {
        string text = SnapshotFile.Text(Some.Heads(new double[,] { { 0.25, -1.5 }, { 10, 0 } }, new SnapshotTolerance(0.01)));

        text.Split("\n\n")[1].Should().Be("layer  head 0  head 1\n    0   0.250  -1.500\n    1  10.000   0.000");
    }

    [Test]
    public void Attention_pattern_is_a_table_of_queries_and_keys_with_their_tokens()
    {
        double[,] pattern = { { 1, 0, 0 }, { 0.25, 0.75, 0 }, { 0.0001, 0.9, 0.0999 } };

        string text = SnapshotFile.Text(Some.Pattern(pattern, head: "3.1", tokens: ["<bos>", " Mary", " extraordinary"]));

        text.Should().Contain("tokens: \"<bos>\" \" Mary\" \" extraordinary\"\nhead: 3.1\n");
        text.Split("\n\n")[1].Should().Be(string.Join(
            '\n',
            "query \\ key               0        1           2",
            "                    \"<bos>\"  \" Mary\"  \" extraor…",
            "0 \"<bos>\"             1.000        .           .",
            "1 \" Mary\"             0.250    0.750           .",
            "2 \" extraordinary\"    0.000    0.900       0.100"));
    }

    [Test]
    public void File_is_utf8_with_byte_order_mark_and_lf_and_no_final_newline()
    {
        using TemporaryFolder folder = new();

        SnapshotFile.Write(folder.Below("deep/er/a.verified.txt"), Some.Metrics(null, ("ein Maß", 1)));

        byte[] bytes = File.ReadAllBytes(folder.Below("deep/er/a.verified.txt"));
        bytes.Take(3).Should().Equal(0xEF, 0xBB, 0xBF);
        bytes.Should().NotContain((byte)'\r');
        bytes[^1].Should().NotBe((byte)'\n');
        Encoding.UTF8.GetString(bytes).Should().Contain("ein Maß: 1.00000");
        SnapshotFile.Read(folder.Below("deep/er/a.verified.txt")).Content.Cells.Single().Should().Be(new SnapshotCell("ein Maß", 1));
    }

    [Test]
    public void Everything_in_a_header_reads_back_as_written()
    {
        SnapshotHeader header = new()
        {
            Model = "org/name: with colon",
            Weights = "",
            Processing = WeightProcessing.All,
            Dtype = " float16 ",
            Bos = null,
            Tokens = ["", " ", "\"", "\\", "\n\r\t", "\u00a0", "\ud83d\ude00", "\ufffd", "é", "e\u0301", "\u200b", "\" \"", "\\n"],
            Details = Some.Header.Details.Add("prompt family", "IOI: \"ABBA\"").Add("seed", "1").Add("empty", ""),
        };
        Snapshot snapshot = new(header, new HeadScores(new double[1, 1]), new SnapshotTolerance(0.1, 0.01, 0.5, 7));

        Snapshot read = Some.Stored(snapshot);

        header.DifferencesTo(read.Header).Should().BeEmpty();
        read.Header.Tokens.Should().Equal(header.Tokens);
        read.Tolerance.Should().Be(snapshot.Tolerance);
        SnapshotFile.Text(read).Should().Be(SnapshotFile.Text(snapshot));
    }

    [Test]
    public void Tokens_that_join_to_the_same_text_are_written_differently()
    {
        string one = SnapshotFile.Text(Some.Pattern(new double[2, 2], tokens: ["a\" \"b", "c"]));
        string other = SnapshotFile.Text(Some.Pattern(new double[2, 2], tokens: ["a", "b\" \"c"]));

        one.Should().NotBe(other);
    }

    [Test]
    public void Patterns_of_awkward_tokens_read_back([Values(1, 3, 12)] int size)
    {
        string[] awkward = ["\n", ". .", "\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00", "3", " . 0.5", "\"", "a  b", "\\", "", "        ", "NaN", "key 0"];
        double[,] pattern = new double[size, size];
        for (int query = 0; query < size; query++)
        {
            for (int key = 0; key <= query; key++)
            {
                pattern[query, key] = 1.0 / (query + 1);
            }
        }

        Snapshot snapshot = Some.Pattern(pattern, tokens: awkward[..size]);

        SnapshotComparer.Compare(Some.Stored(snapshot), snapshot).IsMatch.Should().BeTrue();
    }

    [Test]
    public void Values_of_every_kind_read_back()
    {
        Snapshot snapshot = Some.Heads(new[,] { { double.NaN, double.PositiveInfinity, double.NegativeInfinity }, { 1e20, -1e-20, 123.456 } }, new SnapshotTolerance(0));

        Some.Stored(snapshot).Content.Cells.Select(cell => cell.Value).Should().Equal(snapshot.Content.Cells.Select(cell => cell.Value));
    }

    [TestCase("circuit snapshot 1", "something else", 1, "expected 'circuit snapshot 1'")]
    [TestCase("kind: scalar-metrics", "kind: scalars", 14, "none of attention-pattern, head-scores, scalar-metrics")]
    [TestCase("model: organism-a", "modell: organism-a", 3, "expected 'model: …'")]
    [TestCase("processing: FoldLayerNorm, CenterUnembed", "processing: Folded", 5, "expected one or more of None, FoldLayerNorm")]
    [TestCase("bos: prepended", "bos: yes", 7, "expected 'prepended', 'absent' or 'not applicable'")]
    [TestCase("tokens:", "tokens: \"a\"\"b\"", 8, "one space before each")]
    [TestCase("tokens:", "tokens: \"a", 8, "cannot be read")]
    [TestCase("ablation: mean over 32 prompts", "Ablation: mean", 9, "expected 'key: value'")]
    [TestCase("tolerance.absolute: 0.001", "tolerance.absolute: -1", 10, "expected a finite number ≥ 0")]
    [TestCase("tolerance.absolute: 0.001", "tolerance.absolute: lots", 10, "'lots' is no number")]
    [TestCase("tolerance.relative: 0\n", "", 11, "expected 'tolerance.relative: …'")]
    [TestCase("tolerance.relative: 0", "tolerance.relative: 1", 11, "[0, 1)")]
    [TestCase("tolerance.share: 0", "tolerance.share: 2", 12, "[0, 1]")]
    [TestCase("tolerance.total: unlimited", "tolerance.total: NaN", 13, "a number ≥ 0 or 'unlimited'")]
    [TestCase("logit difference: 3.1416", "logit difference 3.1416", 15, "expected 'name: value'")]
    [TestCase("logit difference: 3.1416", "logit difference: 3,1416", 15, "'3,1416' is no number")]
    [TestCase("loss: -0.5000", "logit difference: 1", 16, "for the second time")]
    [TestCase("loss: -0.5000", "loss: -0.5000\n\n", 17, "expected 'name: value'")]
    [TestCase("\n\nlogit difference: 3.1416\nloss: -0.5000", "", 14, "the file ends here")]
    [TestCase("loss: -0.5000", "loss: -0.5000\r\n", 16, "carriage return")]
    public void Malformed_file_is_an_error_with_file_line_and_expectation(string original, string edited, int line, string expected)
    {
        string text = MetricsFile.ReplaceLineEndings("\n");
        text.Should().Contain(original);

        Action read = () => SnapshotFile.Parse("a.verified.txt", text.Replace(original, edited, StringComparison.Ordinal));

        SnapshotFormatException exception = read.Should().Throw<SnapshotFormatException>().Which;
        exception.Line.Should().Be(line);
        exception.Message.Should().StartWith($"a.verified.txt, line {line}: ").And.Contain(expected);
    }

    [TestCase("0 \" t0\"", "0 \" t1\"", "expected '0 \" t0\"    ' and then 2 values")]
    [TestCase("1 \" t1\"      0.500", "1 \" t1\"      ", "and then 2 values")]
    [TestCase("\" t0\"  \" t1\"\n", "\" t0\"  \" t2\"\n", "the tokens of the keys")]
    [TestCase("1.000      .", ".          .", "'.' is no number")]
    [TestCase("head: 1.2", "head: 12", "'12' is not a head")]
    public void Malformed_pattern_is_an_error(string original, string edited, string expected)
    {
        string text = SnapshotFile.Text(Some.Pattern(new[,] { { 1.0, 0 }, { 0.5, 0.5 } }));
        text.Should().Contain(original);

        Action read = () => SnapshotFile.Parse("a.verified.txt", text.Replace(original, edited, StringComparison.Ordinal));

        read.Should().Throw<SnapshotFormatException>().WithMessage($"*{expected}*");
    }

    [TestCase("head 1\n", "head 2\n", "expected 'layer' and then 'head 0'")]
    [TestCase("    1  ", "    2  ", "expected the layer's number 1")]
    [TestCase("0.20000", "", "then 2 scores")]
    public void Malformed_table_of_heads_is_an_error(string original, string edited, string expected)
    {
        string text = SnapshotFile.Text(Some.Heads(new[,] { { 0.1, 0.2 }, { 0.3, 0.4 } }));
        text.Should().Contain(original);

        Action read = () => SnapshotFile.Parse("a.verified.txt", text.Replace(original, edited, StringComparison.Ordinal));

        read.Should().Throw<SnapshotFormatException>().WithMessage($"*{expected}*");
    }

    [Test]
    public void Bytes_that_are_not_utf8_are_an_error()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.Below("a.verified.txt"), [.. "circuit snapshot 1\nkind: "u8, 0xFF, 0xC3]);

        Action read = () => SnapshotFile.Read(folder.Below("a.verified.txt"));

        read.Should().Throw<SnapshotFormatException>().WithMessage("*not UTF-8*");
    }

    [Test]
    public void Missing_byte_order_mark_and_an_editors_final_newline_do_no_harm()
    {
        using TemporaryFolder folder = new();
        folder.Write("a.verified.txt", MetricsFile.ReplaceLineEndings("\n") + "\n");

        SnapshotFile.Read(folder.Below("a.verified.txt")).Content.Cells.Should().HaveCount(2);
    }

    [TestCase("model")]
    [TestCase("tolerance.share")]
    [TestCase("Seed")]
    [TestCase("a: b")]
    [TestCase("")]
    public void Detail_whose_key_could_not_be_read_back_is_refused(string key)
    {
        Action write = () => SnapshotFile.Text(new Snapshot(Some.Header.With(key, "1"), new HeadScores(new double[1, 1])));

        write.Should().Throw<ArgumentException>().WithMessage($"'{key}'*");
    }

    [Test]
    public void Header_that_contradicts_the_pattern_is_refused()
    {
        AttentionPattern pattern = new(new Head(1, 2), [" a"], new double[,] { { 1 } });

        ((Action)(() => _ = new Snapshot(Some.Header with { Tokens = [" b"] }, pattern))).Should().Throw<ArgumentException>().WithMessage("*tokens*");
        ((Action)(() => _ = new Snapshot(Some.Header.With("head", "1.3"), pattern))).Should().Throw<ArgumentException>().WithMessage("*head 1.3*");
    }

    [Test]
    public void Content_of_the_wrong_size_is_refused()
    {
        ((Action)(() => HeadScores.FromRows(new double[5], 2, 3))).Should().Throw<ArgumentException>().WithMessage("5 values are not layers × heads = 2 × 3*");
        ((Action)(() => _ = new HeadScores(new double[0, 3]))).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new AttentionPattern(new Head(0, 0), [" a"], new double[1, 2]))).Should().Throw<ArgumentException>().WithMessage("*[1, 2]*");
        ((Action)(() => _ = new ScalarMetrics([]))).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new ScalarMetrics([new("a", 1), new("a", 2)]))).Should().Throw<ArgumentException>().WithMessage("*'a'*");
    }
}
