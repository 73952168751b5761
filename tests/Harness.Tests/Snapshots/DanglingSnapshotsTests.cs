using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class DanglingSnapshotsTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Files_that_nothing_used_are_found_in_subfolders_too()
    {
        SnapshotLedger ledger = Ledger("used.verified.txt");

        DanglingSnapshots dangling = DanglingSnapshots.Find(folder.Path, ledger);

        dangling.Files.Should().Equal(folder.Below("left.verified.txt"), folder.Below(Path.Combine("sub", "left.verified.txt")));
        dangling.WrongCase.Should().BeEmpty();
    }

    [Test]
    public void File_of_a_test_that_was_skipped_is_not_dangling()
    {
        SnapshotLedger ledger = Ledger("used.verified.txt");
        ledger.WouldUse(folder.Below("left.verified.txt"));
        ledger.WouldUse(folder.Below("sub/left.verified.txt"));

        DanglingSnapshots.Find(folder.Path, ledger).Files.Should().BeEmpty();
        ledger.Skipped.Should().HaveCount(2);
        ledger.Used.Should().Equal(folder.Below("used.verified.txt"));
    }

    [Test]
    public void Skipping_after_use_leaves_a_file_used()
    {
        SnapshotLedger ledger = Ledger("used.verified.txt");

        ledger.WouldUse(folder.Below("used.verified.txt"));

        ledger.Skipped.Should().BeEmpty();
    }

    [Test]
    public void File_in_other_case_is_dangling_and_said_to_be_so()
    {
        SnapshotLedger ledger = Ledger("USED.verified.txt", "left.verified.txt", "sub/left.verified.txt");

        DanglingSnapshots dangling = DanglingSnapshots.Find(folder.Path, ledger);

        dangling.WrongCase.Should().HaveCount(1).And.Contain(KeyValuePair.Create(folder.Below("used.verified.txt"), folder.Below("USED.verified.txt")));
    }

    [Test]
    public void Build_server_fails_with_the_files_in_a_message_for_machines()
    {
        Action check = () => DanglingSnapshots.Check(folder.Path, Ledger("used.verified.txt"), wholeSuiteRan: true, Server);

        check.Should().Throw<DanglingSnapshotsException>().Which.Message.Should()
            .StartWith($"Directory: {folder.Path}\nDelete:\n  - left.verified.txt\n  - {Path.Combine("sub", "left.verified.txt")}\n\n2 verified snapshot(s)");
    }

    [Test]
    public void Person_is_told_and_does_not_fail() =>
        DanglingSnapshots.Check(folder.Path, Ledger(), wholeSuiteRan: true, _ => null)!.Files.Should().HaveCount(3);

    [Test]
    public void Filtered_run_says_nothing_about_files() =>
        DanglingSnapshots.Check(folder.Path, Ledger(), wholeSuiteRan: false, Server).Should().BeNull();

    [Test]
    public void Nothing_dangling_passes_on_a_build_server() =>
        DanglingSnapshots.Check(folder.Below("none"), new SnapshotLedger(), wholeSuiteRan: true, Server)!.Files.Should().BeEmpty();

    [Test]
    public void Verifier_enters_what_it_compares_and_what_it_skips()
    {
        SnapshotVerifier verifier = new(folder.Path, environment: _ => null);
        SnapshotName compared = new("T", "Compared");
        SnapshotName skipped = new("T", "Skipped");
        SnapshotName removed = new("T", "Removed");
        ((Action)(() => verifier.Verify(compared, Some.Metrics(null, ("x", 1))))).Should().Throw<SnapshotMismatchException>();
        verifier.PairOf(compared).Accept();
        folder.Write(skipped.VerifiedFileName, "");
        folder.Write(removed.VerifiedFileName, "");

        verifier.Skip(skipped);

        DanglingSnapshots.Find(folder.Path, verifier.Ledger).Files.Should().Equal(folder.Below(removed.VerifiedFileName));
    }

    private static string? Server(string variable) => variable == "CI" ? "true" : null;

    private SnapshotLedger Ledger(params string[] used)
    {
        folder.Write("used.verified.txt", "");
        folder.Write("left.verified.txt", "");
        folder.Write("sub/left.verified.txt", "");
        folder.Write("sub/other.received.txt", "");
        SnapshotLedger ledger = new();
        foreach (string file in used)
        {
            ledger.Use(folder.Below(file));
        }

        return ledger;
    }
}
