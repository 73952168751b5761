using System.Collections.Immutable;

namespace CircuitSpecs.Snapshots;

/// <summary>Checks that a repository treats snapshots as they need it: line ends, byte order mark, received files not committed. The counterpart of Verify's <c>VerifyChecks</c>.</summary>
public static class SnapshotConventions
{
    private const string Attributes = "*.verified.txt text eol=lf working-tree-encoding=UTF-8";
    private const string Ignored = "*.received.*";
    private static readonly string[] EditorSettings = ["charset = utf-8-bom", "end_of_line = lf", "insert_final_newline = false", "trim_trailing_whitespace = false"];

    /// <summary>Everything that is missing from a repository's <c>.gitattributes</c>, <c>.gitignore</c> and <c>.editorconfig</c>; empty if all is well.</summary>
    /// <param name="repository">The repository's root.</param>
    /// <returns>A sentence each, with file name and the line to add.</returns>
    public static ImmutableArray<string> ProblemsIn(string repository)
    {
        ImmutableArray<string>.Builder problems = ImmutableArray.CreateBuilder<string>();
        RequireLine(".gitattributes", Attributes);
        RequireLine(".gitignore", Ignored);
        RequireEditorSettings();
        return problems.ToImmutable();

        string[]? Lines(string file)
        {
            string path = Path.Combine(repository, file);
            if (File.Exists(path))
            {
                return [.. File.ReadLines(path).Select(Squeeze)];
            }

            problems.Add($"{file} is missing in {repository}.");
            return null;
        }

        void RequireLine(string file, string line)
        {
            if (Lines(file) is { } lines && !lines.Contains(line))
            {
                problems.Add($"{file} lacks the line '{line}'.");
            }
        }

        void RequireEditorSettings()
        {
            if (Lines(".editorconfig") is not { } lines)
            {
                return;
            }

            HashSet<string> settings = [.. SettingsOfSnapshots(lines)];
            problems.AddRange(EditorSettings.Where(setting => !settings.Contains(setting)).Select(setting => $".editorconfig lacks '{setting}' in its section for snapshots, [*.{{received,verified}}.txt]."));
        }
    }

    private static IEnumerable<string> SettingsOfSnapshots(string[] lines)
    {
        bool inSection = false;
        foreach (string line in lines)
        {
            if (line.StartsWith('['))
            {
                inSection = line.Contains("received", StringComparison.Ordinal) && line.Contains("verified", StringComparison.Ordinal) && line.Contains("txt", StringComparison.Ordinal);
            }
            else if (inSection && line.Split('=', 2) is [var key, var value])
            {
                yield return $"{key.Trim()} = {value.Trim()}";
            }
        }
    }

    private static string Squeeze(string line) => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
