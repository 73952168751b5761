using System.Globalization;
using System.Text.Json;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Tokenizers;

/// <summary>A value in a JSON file that knows where it stands, so that every complaint can say so.</summary>
/// <param name="File">The file.</param>
/// <param name="Path">Where in it, as <c>$.model.merges[3]</c>.</param>
/// <param name="Key">The name it has in the object around it; empty elsewhere.</param>
/// <param name="Value">The value.</param>
internal readonly record struct JsonPlace(string File, string Path, string Key, JsonElement Value)
{
    public JsonValueKind Kind => Value.ValueKind;

    /// <summary>Whether there is nothing: absent keys and null mean the same in these files.</summary>
    public bool IsNothing => Kind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>Parses a file; names that stand twice in one object are refused.</summary>
    /// <exception cref="InvalidDataException">It is not JSON, or too large.</exception>
    public static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(BoundedFile.WithoutMark(BoundedFile.ReadAll(file, BoundedFile.LargestTokenizer)), new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            string line = exception.LineNumber is { } number ? $", line {number + 1}" : "";
            throw new InvalidDataException($"'{file}'{line}: not JSON as it has to be: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"'{file}': a name in it is no valid Unicode: {exception.Message}", exception);
        }
    }

    /// <summary>The whole of a file, which has to be an object.</summary>
    public static JsonPlace Root(string file, JsonDocument document)
    {
        var root = new JsonPlace(file, "$", "", document.RootElement);
        return root.Kind == JsonValueKind.Object ? root : throw root.Error($"found {root.Found()}, expected an object");
    }

    /// <summary>The error that something here is not as it has to be.</summary>
    public InvalidDataException Error(string complaint) => new($"'{File}', {Path}: {complaint}.");

    /// <summary>The value as a message shows it.</summary>
    public string Found() => Kind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => Value.GetRawText() is { Length: > 80 } longText ? longText[..80] + "…" : Value.GetRawText(),
    };

    /// <summary>A member, which may be absent.</summary>
    public JsonPlace Member(string key)
    {
        Expect(JsonValueKind.Object, "an object");
        return new JsonPlace(File, $"{Path}.{key}", key, Value.TryGetProperty(key, out JsonElement member) ? member : default);
    }

    /// <summary>All members of an object.</summary>
    public IEnumerable<JsonPlace> Members()
    {
        Expect(JsonValueKind.Object, "an object");
        foreach (JsonProperty property in Value.EnumerateObject())
        {
            string key = NameOf(property);
            yield return new JsonPlace(File, $"{Path}.{key}", key, property.Value);
        }
    }

    /// <summary>All elements of an array.</summary>
    public IEnumerable<JsonPlace> Elements()
    {
        Expect(JsonValueKind.Array, "an array");
        int index = 0;
        foreach (JsonElement element in Value.EnumerateArray())
        {
            yield return new JsonPlace(File, $"{Path}[{(index++).ToString(CultureInfo.InvariantCulture)}]", "", element);
        }
    }

    /// <summary>Refuses an object with members other than these: what is not understood is not ignored.</summary>
    public void HasOnly(params ReadOnlySpan<string> keys)
    {
        foreach (JsonPlace member in Members())
        {
            if (!keys.Contains(member.Key))
            {
                throw member.Error($"this is not known; supported here: {string.Join(", ", keys!)}");
            }
        }
    }

    public string String()
    {
        Expect(JsonValueKind.String, "a string");
        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"'{File}', {Path}: the string is no valid Unicode: {exception.Message}", exception);
        }
    }

    public bool Boolean() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"found {Found()}, expected true or false"),
    };

    public bool BooleanOr(bool otherwise) => IsNothing ? otherwise : Boolean();

    /// <summary>A whole number from 0 on.</summary>
    public int Index() => Kind == JsonValueKind.Number && Value.TryGetInt32(out int number) && number >= 0
        ? number
        : throw Error($"found {Found()}, expected a whole number from 0 to {int.MaxValue}");

    private void Expect(JsonValueKind kind, string expected)
    {
        if (Kind != kind)
        {
            throw Error($"found {Found()}, expected {expected}");
        }
    }

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"'{File}', {Path}: a name in it is no valid Unicode: {exception.Message}", exception);
        }
    }
}
