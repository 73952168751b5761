namespace CircuitSpecs.Tests.Snapshots;

/// <summary>What tests of files want from a <see cref="TemporaryFolder"/>.</summary>
internal static class TemporaryFolderExtensions
{
    /// <summary>Every file in it, relative to it, with forward slashes, sorted.</summary>
    public static string[] Files(this TemporaryFolder folder) =>
        [.. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.Path, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>Writes a file.</summary>
    public static void Write(this TemporaryFolder folder, string name, string text) => File.WriteAllText(folder.Below(name), text);
}
