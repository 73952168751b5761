using CircuitSpecs.Claims;

namespace CircuitSpecs.Tests.Claims;

public class WorkingTreeTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Other = "fedcba9876543210fedcba9876543210fedcba98";

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void Detached_head_is_the_commit()
    {
        Write("repository/.git/HEAD", Commit + "\n");
        CommitAt("repository/a/b").Should().Be(Commit);
    }

    [Test]
    public void Branch_is_looked_up()
    {
        Write("repository/.git/HEAD", "ref: refs/heads/main\n");
        Write("repository/.git/refs/heads/main", Commit + "\n");
        CommitAt("repository").Should().Be(Commit);
    }

    [Test]
    public void Packed_branch_is_looked_up()
    {
        Write("repository/.git/HEAD", "ref: refs/heads/main\n");
        Write("repository/.git/packed-refs", $"# pack-refs with: peeled fully-peeled sorted\n{Other} refs/heads/remain\n{Other} refs/remotes/refs/heads/main\n{Commit} refs/heads/main\n");
        CommitAt("repository").Should().Be(Commit);
    }

    [Test]
    public void Further_working_tree_has_a_head_of_its_own_and_shares_the_branches()
    {
        Write("outer/.git/HEAD", Other);
        Write("outer/tree/.git", $"gitdir: {folder.Below("main", ".git", "worktrees", "tree")}\n");
        Write("main/.git/HEAD", Other);
        Write("main/.git/refs/heads/side", Commit);
        Write("main/.git/worktrees/tree/HEAD", "ref: refs/heads/side\n");
        Write("main/.git/worktrees/tree/commondir", "../..\n");
        CommitAt("outer/tree/tests").Should().Be(Commit);
    }

    [Test]
    public void Submodule_names_its_folder_relatively()
    {
        Write("repository/part/.git", "gitdir: ../.git/modules/part\n");
        Write("repository/.git/HEAD", Other);
        Write("repository/.git/modules/part/HEAD", Commit);
        CommitAt("repository/part").Should().Be(Commit);
    }

    [Test]
    public void Nothing_is_known_without_repository_or_commit()
    {
        Write("empty/.git/HEAD", "ref: refs/heads/main\n");
        CommitAt("empty").Should().BeEmpty();
        Write("bare/.git/HEAD", "ref: refs/heads/main\n");
        Write("bare/.git/packed-refs", $"{Other} refs/heads/other\n");
        CommitAt("bare").Should().BeEmpty();
    }

    private void Write(string path, string text) => File.WriteAllText(folder.Below(path.Split('/')), text);

    private string CommitAt(string path) => WorkingTree.CommitAround(Directory.CreateDirectory(folder.Below(path.Split('/'))).FullName);
}
