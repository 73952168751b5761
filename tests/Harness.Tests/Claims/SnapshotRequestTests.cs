using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Claims;

public class SnapshotRequestTests
{
    [Test]
    public void Header_says_what_the_numbers_depend_on()
    {
        SnapshotHeader header = SnapshotRequest.OfValue.SnapshotFor(Result(bos: "prepended", processing: "FoldLayerNorm, CenterUnembed")).Header;
        (header.Model, header.Weights, header.Processing, header.Bos).Should().Be(("small", "abc", WeightProcessing.FoldLayerNorm | WeightProcessing.CenterUnembed, true));
        header.Details.Should().Equal(new Dictionary<string, string> { ["claim"] = "0.1/is", ["prompts"] = "1234" });
    }

    [TestCase("prepended", true)]
    [TestCase("not prepended", false)]
    [TestCase(null, null)]
    public void Header_says_whether_there_is_a_bos(string? bos, bool? expected) => SnapshotRequest.OfValue.SnapshotFor(Result(bos)).Header.Bos.Should().Be(expected);

    [Test]
    public void Claim_without_prompts_says_so() => SnapshotRequest.OfValue.SnapshotFor(Result(null) with { PromptsHash = "" }).Header.Details["prompts"].Should().Be("none");

    [Test]
    public void Value_comes_with_its_interval() =>
        SnapshotRequest.OfValue.SnapshotFor(Result()).Content.Cells.Select(cell => (cell.Label, cell.Value)).Should().Equal(("high", 0.6), ("low", 0.4), ("value", 0.5));

    [Test]
    public void Table_has_a_number_for_each_of_its_heads()
    {
        var table = new HeadTable("scores", [KeyValuePair.Create(new Head(10, 2), 3.0), KeyValuePair.Create(new Head(9, 11), 2.0)]);
        SnapshotRequest.Of(table).SnapshotFor(Result()).Content.Cells.Select(cell => (cell.Label, cell.Value)).Should().Equal(("head 09.11", 2.0), ("head 10.02", 3.0));
    }

    [Test]
    public void Pattern_is_made_only_when_it_is_compared()
    {
        int made = 0;
        SnapshotRequest request = SnapshotRequest.OfPattern(new Head(4, 11), () =>
        {
            made++;
            return (ImmutableArray.Create("a", "b"), new double[,] { { 1, 0 }, { 0.25, 0.75 } });
        });
        made.Should().Be(0);
        Snapshot snapshot = request.SnapshotFor(Result());
        snapshot.Header.Tokens.Should().Equal("a", "b");
        snapshot.Content.Should().BeOfType<AttentionPattern>().Which.Head.Should().Be(new Head(4, 11));
        snapshot.Content.Cells.Select(cell => cell.Value).Should().Equal(1, 0, 0.25, 0.75);
        (made, request.Name).Should().Be((1, "pattern"));
    }

    [Test]
    public void Scores_and_other_content_keep_their_names()
    {
        SnapshotRequest scores = SnapshotRequest.OfScores(() => new double[,] { { 1, 2 } });
        scores.Name.Should().Be("scores");
        scores.SnapshotFor(Result()).Content.Cells.Select(cell => cell.Value).Should().Equal(1, 2);
        var content = new ScalarMetrics([KeyValuePair.Create("loss", 2.5)]);
        SnapshotRequest own = SnapshotRequest.Of("losses", () => content);
        own.Name.Should().Be("losses");
        own.SnapshotFor(Result()).Content.Should().BeSameAs(content);
    }

    private static ClaimResult Result(string? bos = "not prepended", string processing = "None")
    {
        var conventions = ImmutableSortedDictionary<string, string>.Empty.Add("weight processing", processing);
        return new ClaimResult
        {
            Claim = "0.1/is",
            Problem = "0.1",
            Title = "Test",
            Sentence = "is",
            Model = "small",
            Verdict = Verdict.Supported,
            Recorded = Expectation.Holds,
            Outcome = Outcome.Passed,
            Value = 0.5,
            Low = 0.4,
            High = 0.6,
            ModelHash = "abc",
            PromptsHash = "1234",
            Conventions = bos is null ? conventions : conventions.Add("bos", bos),
        };
    }
}
