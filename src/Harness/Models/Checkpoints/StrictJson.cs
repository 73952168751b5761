using System.Text.Json;
using System.Text.Unicode;

namespace CircuitSpecs.Models.Checkpoints;

/// <summary>Reads the JSON of files that may come from anywhere: UTF-8 only, no name twice, bounded nesting, an object outermost.</summary>
internal static class StrictJson
{
    private const int LongestExcerpt = 80;

    // The index of a model of 100,000 tensors has about 10 MB.
    private const int LargestFile = 100_000_000;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Reads a whole file; a byte-order mark in front is allowed.</summary>
    /// <exception cref="ModelLoadException">The file is not such JSON.</exception>
    public static JsonElement ReadFile(string file)
    {
        return Parse(file, "the file", BoundedFile.WithoutMark(ReadAll(file)));
    }

    /// <summary>Reads one JSON object that fills <paramref name="utf8"/>.</summary>
    /// <exception cref="ModelLoadException">The bytes are not such JSON; the message calls them <paramref name="what"/>.</exception>
    public static JsonElement Parse(string file, string what, ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            throw new ModelLoadException(file, $"{what} is empty, expected a JSON object.");
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            throw new ModelLoadException(file, $"{what} is not UTF-8 text.");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            JsonElement root = document.RootElement.Clone();
            if (utf8.Span.IndexOf("\\ud"u8) >= 0 || utf8.Span.IndexOf("\\uD"u8) >= 0)
            {
                DecodeAll(root);
            }

            return root.ValueKind == JsonValueKind.Object
                ? root
                : throw new ModelLoadException(file, $"{what} is a JSON {root.ValueKind.ToString().ToLowerInvariant()}, expected an object.");
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new ModelLoadException(file, $"{what} cannot be read as JSON: {problem.Message}", problem);
        }
    }

    // No more than its length: what a name points to may be endless.
    private static byte[] ReadAll(string file)
    {
        using StoredFile source = StoredFile.Open(file);
        return source.Length <= LargestFile
            ? source.Beginning((int)source.Length)
            : throw new ModelLoadException(file, $"the file has {source.Length} bytes, expected at most {LargestFile}.");
    }

    /// <summary>The beginning of a value as a message shows it, on one line.</summary>
    public static string Excerpt(JsonElement element)
    {
        string text = element.GetRawText();
        string line = string.Join(' ', text[..Math.Min(text.Length, LongestExcerpt)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= LongestExcerpt ? line : $"{line}…";
    }

    // Half of a surrogate pair is noticed only when a string is decoded; that must not happen later, far from here.
    private static void DecodeAll(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    DecodeAll(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    DecodeAll(property.Value);
                }

                break;
        }
    }
}
