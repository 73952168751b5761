using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class SnapshotVerifierTests
{
    private static readonly SnapshotName Name = new("IoiSpecs", "NameMovers", KeyValuePair.Create("model", "gpt2"), KeyValuePair.Create("head", "9.9"));
    private const string Stem = "IoiSpecs.NameMovers_model=gpt2_head=9.9";
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void First_run_fails_and_leaves_a_received_file_and_no_verified_one()
    {
        SnapshotMismatchException exception = Failing(Verifier(), Value(0.5));

        exception.IsNew.Should().BeTrue();
        exception.Message.Should().StartWith($"Directory: {folder.Path}\nNew:\n  - Received: {Stem}.received.txt\n    Verified: {Stem}.verified.txt\n\nFileContent:\n\nNew:\n\nReceived: {Stem}.received.txt\ncircuit snapshot 1\n");
        exception.Message.Should().Contain("x: 0.50000");
        folder.Files().Should().Equal($"{Stem}.received.txt");
    }

    [Test]
    public void Second_run_without_acceptance_fails_again()
    {
        Failing(Verifier(), Value(0.5));

        Failing(Verifier(), Value(0.5)).IsNew.Should().BeTrue();
    }

    [Test]
    public void Rename_accepts()
    {
        SnapshotPair pair = Failing(Verifier(), Value(0.5)).Pair;
        File.Move(pair.Received, pair.Verified);

        Verifier().Verify(Name, Value(0.50009)).Should().Be(SnapshotOutcome.Matched);
        folder.Files().Should().Equal($"{Stem}.verified.txt");
    }

    [Test]
    public void Match_leaves_the_verified_file_untouched_and_removes_an_old_received_one()
    {
        SnapshotPair pair = Accepted(Value(0.5));
        Failing(Verifier(), Value(0.7));
        DateTime longAgo = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(pair.Verified, longAgo);
        byte[] before = File.ReadAllBytes(pair.Verified);

        Verifier().Verify(Name, Value(0.50005));

        File.ReadAllBytes(pair.Verified).Should().Equal(before);
        File.GetLastWriteTimeUtc(pair.Verified).Should().Be(longAgo);
        folder.Files().Should().Equal($"{Stem}.verified.txt");
    }

    [Test]
    public void Mismatch_names_both_files_and_the_worst_values()
    {
        Accepted(Value(0.5));

        SnapshotMismatchException exception = Failing(Verifier(), Value(0.7));

        exception.IsNew.Should().BeFalse();
        exception.Message.Should().StartWith($"Directory: {folder.Path}\nNotEqual:\n  - Received: {Stem}.received.txt\n    Verified: {Stem}.verified.txt\n\nFileContent:\n\nNotEqual:\n\nReceived: {Stem}.received.txt\nVerified: {Stem}.verified.txt\nCompare Result:\n");
        exception.Message.Should().Contain("x: expected 0.5, got 0.7, |Δ| 0.2 > 0.0001").And.Contain("circuits accept");
        folder.Files().Should().Equal($"{Stem}.received.txt", $"{Stem}.verified.txt");
    }

    [Test]
    public void Received_file_keeps_the_tolerance_that_a_reviewer_saw()
    {
        SnapshotPair pair = Accepted(Value(0.5));
        File.WriteAllText(pair.Verified, File.ReadAllText(pair.Verified).Replace("tolerance.absolute: 0.0001", "tolerance.absolute: 0.01", StringComparison.Ordinal));

        Verifier().Verify(Name, Value(0.5095)).Should().Be(SnapshotOutcome.Matched, "the file's tolerance decides");
        Failing(Verifier(), Value(0.7));

        SnapshotFile.Read(pair.Received).Tolerance!.Absolute.Should().Be(0.01);
    }

    [Test]
    public void Tolerance_that_the_test_asks_for_comes_into_effect_by_acceptance()
    {
        SnapshotPair pair = Accepted(Value(0.5));
        Snapshot looser = Some.Metrics(new SnapshotTolerance(0.5), ("x", 0.5));

        Failing(Verifier(), looser).Message.Should().Contain("the test asks for ±0.5 a cell");
        pair.Accept();

        Verifier().Verify(Name, looser).Should().Be(SnapshotOutcome.Matched);
    }

    [Test]
    public void Malformed_verified_file_is_reported_with_its_line_and_can_be_replaced()
    {
        SnapshotPair pair = Accepted(Value(0.5));
        File.AppendAllText(pair.Verified, "oops");

        SnapshotMismatchException exception = Failing(Verifier(), Value(0.5));

        exception.Message.Should().Contain("NotEqual:").And.Contain($"{pair.Verified}, line 14: '0.50000oops' is no number");
        exception.InnerException.Should().BeOfType<SnapshotFormatException>();
        pair.Accept();
        Verifier().Verify(Name, Value(0.5)).Should().Be(SnapshotOutcome.Matched);
    }

    [Test]
    public void Accepted_NaN_still_fails()
    {
        SnapshotPair pair = Failing(Verifier(), Value(double.NaN)).Pair;
        pair.Accept();

        Failing(Verifier(), Value(double.NaN)).Message.Should().Contain("NaN never passes");
    }

    [Test]
    public void Accept_variable_makes_new_and_changed_measurements_the_verified_ones()
    {
        SnapshotVerifier accepting = Verifier(("CIRCUITSPECS_ACCEPT", "1"));

        accepting.Verify(Name, Value(0.5)).Should().Be(SnapshotOutcome.Accepted);
        accepting.Verify(Name, Value(0.7)).Should().Be(SnapshotOutcome.Accepted);
        accepting.Verify(Name, Value(0.7)).Should().Be(SnapshotOutcome.Matched);

        folder.Files().Should().Equal($"{Stem}.verified.txt");
        Verifier().Verify(Name, Value(0.7)).Should().Be(SnapshotOutcome.Matched);
    }

    [Test]
    public void Accept_variable_is_refused_on_a_build_server()
    {
        SnapshotVerifier server = Verifier(("CIRCUITSPECS_ACCEPT", "1"), ("CI", "true"));

        Failing(server, Value(0.5)).Message.Should().Contain("CIRCUITSPECS_ACCEPT=1 is refused on a build server (CI=true)");
        folder.Files().Should().Equal($"{Stem}.received.txt");
    }

    [Test]
    public void Accept_variable_accepts_no_NaN() =>
        Failing(Verifier(("CIRCUITSPECS_ACCEPT", "1")), Value(double.NaN)).Message.Should().Contain("accepts no NaN");

    [Test]
    public void Subfolder_for_a_problem_shares_the_ledger()
    {
        SnapshotVerifier verifier = Verifier();

        SnapshotVerifier problem = verifier.In("2.26 Previous-token head: sharp?");
        problem.Skip(Name);

        problem.Directory.Should().Be(Path.Combine(folder.Path, "2.26 Previous-token head- sharp-"));
        verifier.Ledger.Skipped.Should().Equal(problem.PairOf(Name).Verified);
    }

    private static Snapshot Value(double value) => Some.Metrics(null, ("x", value));

    private SnapshotVerifier Verifier(params (string Name, string Value)[] environment) =>
        new(folder.Path, environment: variable => environment.FirstOrDefault(pair => pair.Name == variable).Value);

    private static SnapshotMismatchException Failing(SnapshotVerifier verifier, Snapshot snapshot) =>
        ((Action)(() => verifier.Verify(Name, snapshot))).Should().Throw<SnapshotMismatchException>().Which;

    private SnapshotPair Accepted(Snapshot snapshot)
    {
        SnapshotPair pair = Failing(Verifier(), snapshot).Pair;
        pair.Accept();
        return pair;
    }
}
