namespace CircuitSpecs.Claims;

/// <summary>The commit that a result was measured at.</summary>
public static class WorkingTree
{
    /// <summary>The commit of the working tree around this program, from CI's <c>GITHUB_SHA</c> or from <c>.git</c>; empty where unknown.</summary>
    public static string Commit { get; } = Environment.GetEnvironmentVariable("GITHUB_SHA") ?? FromGitFolder(AppContext.BaseDirectory);

    private static string FromGitFolder(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string git = Path.Combine(folder.FullName, ".git");
            string head = Path.Combine(git, "HEAD");
            if (!File.Exists(head))
            {
                continue;
            }

            string text = File.ReadAllText(head).Trim();
            if (!text.StartsWith("ref: ", StringComparison.Ordinal))
            {
                return text;
            }

            string reference = text["ref: ".Length..];
            string loose = Path.Combine(git, reference);
            if (File.Exists(loose))
            {
                return File.ReadAllText(loose).Trim();
            }

            string packed = Path.Combine(git, "packed-refs");
            return File.Exists(packed)
                ? File.ReadLines(packed).FirstOrDefault(line => line.EndsWith(" " + reference, StringComparison.Ordinal))?.Split(' ')[0] ?? ""
                : "";
        }

        return "";
    }
}
