using System.Text.RegularExpressions;

namespace CircuitSpecs.Models.Hub;

/// <summary>What names of models, revisions, files and blobs may look like before they become paths. Whatever a server sends is checked here first.</summary>
internal static partial class HubNames
{
    private const int LongestPart = 200;
    private const int LongestPath = 1000;

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9"];

    /// <summary>Whether it is <c>name</c> or <c>org/name</c> as the hub allows them.</summary>
    public static bool IsModel(string name) => Model().IsMatch(name) && !name.Contains("--", StringComparison.Ordinal) && !name.Contains("..", StringComparison.Ordinal);

    /// <summary>Whether it is a branch, a tag, a commit, or <c>refs/pr/1</c>.</summary>
    public static bool IsRevision(string revision) => Revision().IsMatch(revision) && IsSafePath(revision);

    public static bool IsCommit(string text) => text.Length == 40 && IsLowerHex(text);

    /// <summary>Whether it is a SHA-256 or a git blob id: nothing else becomes the name of a blob, and nothing else could be verified.</summary>
    public static bool IsHash(string text) => text.Length is 40 or 64 && IsLowerHex(text);

    /// <summary>Whether a relative path with forward slashes stays below its folder on every system, and names what it seems to name.</summary>
    public static bool IsSafePath(string path) => path.Length is > 0 and <= LongestPath && path.Split('/').All(IsSafePart);

    private static bool IsSafePart(string part) =>
        part.Length is > 0 and <= LongestPart
        && part is not ("." or "..")
        && !part.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
        && !part.EndsWith('.') && !part.EndsWith(' ')
        && !Devices.Contains(part.Split('.')[0], StringComparer.OrdinalIgnoreCase);

    private static bool IsLowerHex(string text) => text.All(letter => char.IsAsciiHexDigitLower(letter) || char.IsAsciiDigit(letter));

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,95})?\z")]
    private static partial Regex Model();

    [GeneratedRegex(@"\A[A-Za-z0-9._/+-]{1,200}\z")]
    private static partial Regex Revision();
}
