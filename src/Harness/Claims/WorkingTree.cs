namespace CircuitSpecs.Claims;

/// <summary>The commit that a result was measured at.</summary>
public static class WorkingTree
{
    private const string Reference = "ref: ";
    private const string GitFolder = "gitdir: ";

    /// <summary>The commit of the working tree around this program, from CI's <c>GITHUB_SHA</c> or from <c>.git</c>; empty where unknown.</summary>
    public static string Commit { get; } = Environment.GetEnvironmentVariable("GITHUB_SHA") is { Length: > 0 } commit ? commit : CommitAround(AppContext.BaseDirectory);

    /// <summary>The commit that is checked out around a folder; empty where there is no repository, or no commit in it yet.</summary>
    /// <param name="start">A folder in the working tree.</param>
    internal static string CommitAround(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string git = Path.Combine(folder.FullName, ".git");
            if (Directory.Exists(git))
            {
                return CommitOf(git, git);
            }

            // A further working tree (git worktree), or a submodule: .git is a file that names the folder.
            if (File.Exists(git) && File.ReadAllText(git).Trim() is { } text && text.StartsWith(GitFolder, StringComparison.Ordinal))
            {
                string own = Path.GetFullPath(Path.Combine(folder.FullName, text[GitFolder.Length..]));
                string common = Path.Combine(own, "commondir");
                return CommitOf(own, File.Exists(common) ? Path.GetFullPath(Path.Combine(own, File.ReadAllText(common).Trim())) : own);
            }
        }

        return "";
    }

    private static string CommitOf(string git, string common)
    {
        string head = Path.Combine(git, "HEAD");
        if (!File.Exists(head))
        {
            return "";
        }

        string text = File.ReadAllText(head).Trim();
        if (!text.StartsWith(Reference, StringComparison.Ordinal))
        {
            return text;
        }

        string reference = text[Reference.Length..];
        string loose = Path.Combine(common, reference);
        if (File.Exists(loose))
        {
            return File.ReadAllText(loose).Trim();
        }

        string packed = Path.Combine(common, "packed-refs");
        return File.Exists(packed)
            ? File.ReadLines(packed).FirstOrDefault(line => line.EndsWith(" " + reference, StringComparison.Ordinal))?.Split(' ')[0] ?? ""
            : "";
    }
}
