using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace CircuitSpecs.Prompts;

/// <summary>The word lists of <c>fixtures/words</c>, which travel inside the assembly: one word a line, order matters.</summary>
internal static class WordList
{
    private static readonly ConcurrentDictionary<string, ImmutableArray<string>> Read = new(StringComparer.Ordinal);

    /// <summary>The words of a list.</summary>
    /// <param name="name">Its path without extension, for example <c>organism/names</c>.</param>
    public static ImmutableArray<string> Named(string name) => Read.GetOrAdd(name, static name =>
    {
        string sought = $"words/{name}";
        string resource = typeof(WordList).Assembly.GetManifestResourceNames().SingleOrDefault(resource => resource.Replace('\\', '/') == sought)
            ?? throw new ArgumentException($"There is no word list '{name}' in the assembly.", nameof(name));
        using var reader = new StreamReader(typeof(WordList).Assembly.GetManifestResourceStream(resource)!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    });
}
