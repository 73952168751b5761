namespace CircuitSpecs.Tests;

/// <summary>The repository that this test assembly was built from, and the material beside it that a clone may lack.</summary>
public static class RepositoryRoot
{
    private static readonly Lazy<string> Found = new(() =>
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "CircuitSpecs.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds CircuitSpecs.sln.");
    });

    /// <summary>The folder that holds CircuitSpecs.sln.</summary>
    public static string Path => Found.Value;

    /// <summary>A file or folder of <c>../shared</c>; the running test comes out as ignored, with the reason, where it is absent.</summary>
    /// <param name="parts">Its path below <c>../shared</c>.</param>
    public static string SharedOrIgnore(params string[] parts)
    {
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine([Path, "..", "shared", .. parts]));
        if (!System.IO.Path.Exists(path))
        {
            Assert.Ignore($"'{path}' is absent: this test needs the material that lies beside the repository.");
        }

        return path;
    }
}
