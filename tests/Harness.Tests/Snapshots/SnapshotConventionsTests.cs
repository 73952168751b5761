using CircuitSpecs.Snapshots;

namespace CircuitSpecs.Tests.Snapshots;

public class SnapshotConventionsTests
{
    private const string EditorConfig = """
        root = true
        [*.{received,verified}.{json,txt}]
        charset = utf-8-bom
        end_of_line=lf
        insert_final_newline = false
        trim_trailing_whitespace = false
        [*.cs]
        indent_size = 4
        """;

    [Test]
    public void This_repository_keeps_them() =>
        SnapshotConventions.ProblemsIn(Path.GetDirectoryName(SnapshotFolder.Find())!).Should().BeEmpty();

    [Test]
    public void Complete_repository_has_no_problems()
    {
        using TemporaryFolder folder = Repository();

        SnapshotConventions.ProblemsIn(folder.Path).Should().BeEmpty();
    }

    [Test]
    public void Missing_files_are_named()
    {
        using TemporaryFolder folder = new();

        SnapshotConventions.ProblemsIn(folder.Path).Should().Equal(
            $".gitattributes is missing in {folder.Path}.", $".gitignore is missing in {folder.Path}.", $".editorconfig is missing in {folder.Path}.");
    }

    [TestCase(".gitattributes", "*.verified.txt text eol=lf", ".gitattributes lacks the line '*.verified.txt text eol=lf working-tree-encoding=UTF-8'.")]
    [TestCase(".gitignore", "*.received", ".gitignore lacks the line '*.received.*'.")]
    [TestCase(".editorconfig", "[*.cs]\ncharset = utf-8-bom\nend_of_line = lf\ninsert_final_newline = false\n[*.{received,verified}.txt]\ntrim_trailing_whitespace = false", "*lacks 'charset = utf-8-bom'*")]
    public void Missing_lines_are_named(string file, string text, string problem)
    {
        using TemporaryFolder folder = Repository();
        folder.Write(file, text);

        SnapshotConventions.ProblemsIn(folder.Path)[0].Should().Match(problem);
    }

    [Test]
    public void Snapshot_folder_is_beside_the_nearest_solution()
    {
        using TemporaryFolder folder = new();
        folder.Write("repo/.git/HEAD", "");
        folder.Write("repo/code/A.slnx", "");
        folder.Write("repo/code/bin/x.txt", "");
        folder.Write("repo/scripts/x.txt", "");

        SnapshotFolder.FindFrom(folder.Below("repo/code/bin")).Should().Be(folder.Below(Path.Combine("repo", "code", "snapshots")));
        SnapshotFolder.FindFrom(folder.Below("repo/scripts")).Should().Be(folder.Below(Path.Combine("repo", "snapshots")));
    }

    private static TemporaryFolder Repository()
    {
        TemporaryFolder folder = new();
        folder.Write(".gitattributes", "* text=auto\n*.verified.txt   text eol=lf working-tree-encoding=UTF-8\n");
        folder.Write(".gitignore", "bin/\n*.received.*\n");
        folder.Write(".editorconfig", EditorConfig);
        return folder;
    }
}
