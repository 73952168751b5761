using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests;

public class AcceptCommandTests
{
    private static readonly SnapshotName Name = new("IoiSpecs", "NameMovers");
    private CommandRun run = null!;

    private SnapshotVerifier Verifier => new(run["snapshots"], environment: _ => null);

    [SetUp]
    public void MakeRun() => run = new CommandRun();

    [TearDown]
    public void RemoveRun() => run.Dispose();

    [Test]
    public void New_snapshot_is_renamed_and_then_passes()
    {
        Receive(0.5);

        run.Circuits("accept").Should().Be(0);

        Verifier.Verify(Name, Table(0.5)).Should().Be(SnapshotOutcome.Matched);
        File.Exists(Pair.Received).Should().BeFalse();
        run.Output.Should().Be($"{Path.Combine("snapshots", "IoiSpecs.NameMovers.verified.txt")}\n    new: head-scores [layer 1, head 2], gpt2\n1 snapshot(s) accepted.\n");
        run.Error.Should().BeEmpty();
    }

    [Test]
    public void Changed_snapshot_shows_what_changes_and_replaces_the_old_one()
    {
        Receive(0.5);
        run.Circuits("accept", "snapshots");
        Receive(0.7);

        run.Circuits("accept", "snapshots").Should().Be(0);

        run.Output.Should().Contain("1 of 2 values (50%) exceed their tolerance").And.Contain("head 0.1: expected 0.5, got 0.7");
        Verifier.Verify(Name, Table(0.7)).Should().Be(SnapshotOutcome.Matched);
    }

    [Test]
    public void List_changes_nothing()
    {
        Receive(0.5);

        run.Circuits("accept", "--list").Should().Be(0);

        run.Output.Should().Contain("new: head-scores").And.EndWith("1 snapshot(s) to accept.\n");
        File.Exists(Pair.Received).Should().BeTrue();
        File.Exists(Pair.Verified).Should().BeFalse();
    }

    [Test]
    public void Filter_chooses_by_path_in_any_case()
    {
        Receive(0.5);
        SnapshotPair other = Receive(0.5, new SnapshotName("GreaterThan", "Years"));

        run.Circuits("accept", "--filter", "greaterTHAN").Should().Be(0);

        File.Exists(other.Verified).Should().BeTrue();
        File.Exists(Pair.Received).Should().BeTrue();
        run.Output.Should().EndWith("1 snapshot(s) accepted; 1 others do not match the filter.\n");
    }

    [Test]
    public void One_file_can_be_named()
    {
        Receive(0.5);

        run.Circuits("accept", Pair.Received).Should().Be(0);

        File.Exists(Pair.Verified).Should().BeTrue();
    }

    [Test]
    public void Build_server_is_refused_unless_forced()
    {
        Receive(0.5);
        run.With("GITHUB_ACTION", "step1");

        run.Circuits("accept").Should().Be(1);
        run.Error.Should().Contain("build server (GITHUB_ACTION=step1)");
        File.Exists(Pair.Received).Should().BeTrue();

        run.Circuits("accept", "--list").Should().Be(0);
        File.Exists(Pair.Received).Should().BeTrue();

        run.Circuits("accept", "--force").Should().Be(0);
        File.Exists(Pair.Verified).Should().BeTrue();
    }

    [Test]
    public void NaN_is_refused_and_the_others_are_accepted()
    {
        Receive(0.5);
        SnapshotPair bad = Receive(double.NaN, new SnapshotName("A", "Bad"));

        run.Circuits("accept").Should().Be(1);

        run.Error.Should().Contain("A.Bad.received.txt holds NaN in 1 of 2 values");
        File.Exists(bad.Received).Should().BeTrue();
        File.Exists(Pair.Verified).Should().BeTrue();
        run.Output.Should().EndWith("1 snapshot(s) accepted, 1 refused.\n");
    }

    [Test]
    public void Received_file_that_is_no_snapshot_is_refused_with_its_line()
    {
        File.WriteAllText(run["x.received.txt"], "hello");

        run.Circuits("accept").Should().Be(1);

        run.Error.Should().Contain("x.received.txt, line 1: found 'hello'");
        File.Exists(run["x.received.txt"]).Should().BeTrue();
    }

    [Test]
    public void Build_outputs_are_left_alone()
    {
        Directory.CreateDirectory(run["bin"]);
        File.WriteAllText(run["bin/x.received.txt"], "hello");

        run.Circuits("accept").Should().Be(0);

        run.Output.Should().Be("No received snapshots.\n");
    }

    [Test]
    public void Path_that_is_not_there_is_an_error()
    {
        run.Circuits("accept", "nowhere").Should().Be(1);

        run.Error.Should().Be("circuits accept: there is no folder or file 'nowhere'.\n");
    }

    [Test]
    public void Verified_file_is_not_something_to_accept()
    {
        File.WriteAllText(run["x.verified.txt"], "");

        run.Circuits("accept", "x.verified.txt").Should().Be(1);

        run.Error.Should().Contain("does not end in .received.txt");
    }

    private SnapshotPair Pair => Verifier.PairOf(Name);

    private static Snapshot Table(double value) => new(new SnapshotHeader { Model = "gpt2", Weights = "abc" }, new HeadScores(new[,] { { 0.1, value } }));

    private SnapshotPair Receive(double value, SnapshotName? name = null)
    {
        ((Action)(() => Verifier.Verify(name ?? Name, Table(value)))).Should().Throw<SnapshotMismatchException>();
        return Verifier.PairOf(name ?? Name);
    }
}
