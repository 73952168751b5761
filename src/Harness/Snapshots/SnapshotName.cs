using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace CircuitSpecs.Snapshots;

/// <summary>
/// The name of a snapshot, with Verify's convention: <c>{Type}.{Method}_{name=value}_{name=value}</c>, then
/// <c>.verified.txt</c> or <c>.received.txt</c>. Characters that a file name cannot hold on one of the supported
/// systems become <c>-</c> on all of them; names that are too long are cut and end in a hash of the whole.
/// </summary>
public sealed class SnapshotName
{
    // File systems take 255 bytes; what follows the stem, and tools that add to it, need some of them.
    private const int LongestStem = 150;
    private const int HashLength = 8;

    /// <summary>Makes a name.</summary>
    /// <param name="typeName">The class, nested ones as <c>Outer.Nested</c>.</param>
    /// <param name="method">The test method.</param>
    /// <param name="parameters">What tells the method's snapshots apart, in order, for example <c>model</c> → <c>gpt2</c>.</param>
    /// <exception cref="ArgumentException">Type or method is empty.</exception>
    public SnapshotName(string typeName, string method, params IEnumerable<KeyValuePair<string, string>> parameters)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(typeName);
        ArgumentException.ThrowIfNullOrWhiteSpace(method);
        TypeName = typeName;
        Method = method;
        Parameters = [.. parameters];
    }

    /// <summary>The class.</summary>
    public string TypeName { get; }

    /// <summary>The test method.</summary>
    public string Method { get; }

    /// <summary>What tells the method's snapshots apart.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Parameters { get; }

    /// <summary>The file name without <c>.verified.txt</c>.</summary>
    public string Stem => Bound(Clean($"{TypeName}.{Method}{string.Concat(Parameters.Select(parameter => $"_{parameter.Key}={parameter.Value}"))}"));

    /// <summary>The name of the accepted file.</summary>
    public string VerifiedFileName => Stem + SnapshotPair.VerifiedSuffix;

    /// <summary>The name of the file that a failing test leaves.</summary>
    public string ReceivedFileName => Stem + SnapshotPair.ReceivedSuffix;

    /// <summary>The name for a method of a class.</summary>
    /// <param name="type">The class; nested ones are written <c>Outer.Nested</c>.</param>
    /// <param name="method">The test method.</param>
    /// <param name="parameters">What tells the method's snapshots apart, in order.</param>
    public static SnapshotName For(Type type, string method, params IEnumerable<KeyValuePair<string, string>> parameters)
    {
        ArgumentNullException.ThrowIfNull(type);
        string name = type.Name;
        for (Type? outer = type.DeclaringType; outer is not null; outer = outer.DeclaringType)
        {
            name = $"{outer.Name}.{name}";
        }

        return new SnapshotName(name, method, parameters);
    }

    /// <summary>The same text with every character that a file name cannot hold replaced by <c>-</c>.</summary>
    /// <param name="text">Any text.</param>
    public static string Clean(string text) => string.Concat(text.Select(c => c < ' ' || "<>|:*?\\/\"".Contains(c, StringComparison.Ordinal) ? '-' : c));

    /// <inheritdoc/>
    public override string ToString() => Stem;

    private static string Bound(string stem)
    {
        if (Encoding.UTF8.GetByteCount(stem) <= LongestStem)
        {
            return stem;
        }

        StringBuilder kept = new();
        int bytes = 0;
        foreach (Rune rune in stem.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > LongestStem - HashLength - 1)
            {
                break;
            }

            kept.Append(rune.ToString());
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stem)));
        return $"{kept}-{hash[..HashLength]}";
    }
}
