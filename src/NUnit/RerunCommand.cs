using System.Reflection;

namespace CircuitSpecs;

/// <summary>The command that runs one test case again.</summary>
internal static class RerunCommand
{
    /// <summary><c>dotnet test specs --filter "TestCategory=2.26/…&amp;TestCategory=gpt2"</c>.</summary>
    /// <param name="assembly">The assembly of the claim.</param>
    /// <param name="categories">Categories that only this case has all of.</param>
    public static string For(Assembly assembly, IEnumerable<string> categories) =>
        $"dotnet test {ProjectOf(assembly)} --filter \"{string.Join('&', categories.Select(category => $"TestCategory={Escape(category)}"))}\"";

    private static string ProjectOf(Assembly assembly)
    {
        DirectoryInfo? project = Ancestors(assembly).FirstOrDefault(folder => folder.EnumerateFiles("*.csproj").Any());
        DirectoryInfo? root = Ancestors(assembly).FirstOrDefault(folder => folder.EnumerateFiles("*.sln").Any() || Path.Exists(Path.Combine(folder.FullName, ".git")));
        return project is null ? "" : Path.GetRelativePath(root?.FullName ?? project.FullName, project.FullName).Replace('\\', '/');
    }

    private static IEnumerable<DirectoryInfo> Ancestors(Assembly assembly)
    {
        for (DirectoryInfo? folder = new(Path.GetDirectoryName(assembly.Location) ?? AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return folder;
        }
    }

    private static string Escape(string category) => category
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("(", "\\(", StringComparison.Ordinal)
        .Replace(")", "\\)", StringComparison.Ordinal)
        .Replace("&", "\\&", StringComparison.Ordinal)
        .Replace("|", "\\|", StringComparison.Ordinal);
}
