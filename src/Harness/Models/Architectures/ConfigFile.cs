using System.Globalization;
using System.Text.Json;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Models.Architectures;

/// <summary>A Hugging Face <c>config.json</c>. A key that is null counts as absent; a value of the wrong kind is an error that names file, key, expected and found.</summary>
public sealed class ConfigFile
{
    // Sizes beyond this are damage, and a few of them multiplied still fit a long.
    private const int LargestSize = 1 << 26;

    // As many as a model may have layers.
    private const int LongestRepetition = 10_000;

    private readonly JsonElement root;
    private readonly string section;

    private ConfigFile(string path, JsonElement root, string section = "")
    {
        Path = path;
        this.root = root;
        this.section = section;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path of a <c>config.json</c>.</param>
    /// <exception cref="ModelLoadException">It is absent, or not a JSON object.</exception>
    public static ConfigFile Read(string path) => File.Exists(path)
        ? new ConfigFile(path, StrictJson.ReadFile(path))
        : throw new ModelLoadException(path, "the file is missing: it says what architecture the weights are for.");

    /// <summary>What another file says of a model, brought to the keys of a <c>config.json</c>.</summary>
    /// <param name="path">That file, for messages.</param>
    /// <param name="root">An object.</param>
    internal static ConfigFile Of(string path, JsonElement root) => new(path, root);

    /// <summary>Whether the key is there and not null.</summary>
    /// <param name="key">A key of the outermost object.</param>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A text.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <exception cref="ModelLoadException">It is absent or not a text.</exception>
    public string Text(string key)
    {
        JsonElement value = Require(key);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Unexpected(key, "a text");
    }

    /// <summary>A number of things: a whole number of at least 1.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <param name="atMost">The largest number that makes sense.</param>
    /// <exception cref="ModelLoadException">It is absent, no whole number, or out of range.</exception>
    public int Size(string key, int atMost = LargestSize)
    {
        JsonElement value = Require(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int size) && size >= 1 && size <= atMost
            ? size
            : throw Unexpected(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {atMost}"));
    }

    /// <summary>A number of things, or another one where the key is absent.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <param name="otherwise">What holds without the key.</param>
    public int Size(string key, Func<int> otherwise)
    {
        ArgumentNullException.ThrowIfNull(otherwise);
        return Has(key) ? Size(key) : otherwise();
    }

    /// <summary>A positive, finite number.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <exception cref="ModelLoadException">It is absent or not such a number.</exception>
    public double Positive(string key)
    {
        Require(key);
        return Positive(key, otherwise: double.NaN);
    }

    /// <summary>An object within this one.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <returns>The object, whose errors name both keys; null where the key is absent.</returns>
    /// <exception cref="ModelLoadException">It is no object.</exception>
    public ConfigFile? Section(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ConfigFile(Path, value, $"{section}{key}."),
        _ => throw Unexpected(key, "an object"),
    };

    /// <summary>A list of texts.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <exception cref="ModelLoadException">It is absent or no list of texts.</exception>
    public string[] Texts(string key)
    {
        JsonElement value = Require(key);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw Unexpected(key, "a list of texts");
    }

    /// <summary>A list of pairs of texts and a number of repetitions: <c>[[["global", "local"], 6]]</c> is global, local, global, …</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <exception cref="ModelLoadException">It is absent or no such list.</exception>
    public string[] RepeatedTexts(string key)
    {
        var texts = new List<string>();
        JsonElement value = Require(key);
        foreach (JsonElement pair in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Unexpected(key, "a list"))
        {
            bool valid = pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.Array
                && pair[0].EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out int times) && times >= 1
                && texts.Count + ((long)pair[0].GetArrayLength() * times) <= LongestRepetition;
            if (!valid)
            {
                throw Unexpected(key, $"a list of pairs of texts and a number of repetitions, {LongestRepetition} texts in all at most");
            }

            string[] repeated = [.. pair[0].EnumerateArray().Select(item => item.GetString()!)];
            for (int i = pair[1].GetInt32(); i > 0; i--)
            {
                texts.AddRange(repeated);
            }
        }

        return [.. texts];
    }

    /// <summary>Makes sure that an option which this architecture's forward pass cannot do without is on: absent, null or true.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <exception cref="ModelLoadException">It is off.</exception>
    public void RequireOn(string key)
    {
        if (!Flag(key, otherwise: true))
        {
            throw Unexpected(key, "true: nothing else is supported");
        }
    }

    /// <summary>A positive, finite number.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <param name="otherwise">What holds without the key.</param>
    /// <exception cref="ModelLoadException">It is not such a number.</exception>
    public double Positive(string key, double otherwise) => Find(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out double number) && number > 0 && double.IsFinite(number) => number,
        _ => throw Unexpected(key, "a positive number"),
    };

    /// <summary>A choice.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <param name="otherwise">What holds without the key.</param>
    /// <exception cref="ModelLoadException">It is neither true nor false.</exception>
    public bool Flag(string key, bool otherwise) => Find(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Unexpected(key, "true or false"),
    };

    /// <summary>
    /// A token id, the first one of a list (Llama-3 Instruct ends on any of three); null where the key is absent. It may lie outside the vocabulary, as in many
    /// published configurations, as long as nobody uses it.
    /// </summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <exception cref="ModelLoadException">It is no whole number of at least 0, nor a list of them.</exception>
    public int? Token(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() > 0 && list.EnumerateArray().All(item => TokenOf(item) is not null) => TokenOf(list[0]),
        JsonElement value => TokenOf(value) ?? throw Unexpected(key, "a token id or a list of them"),
    };

    /// <summary>Makes sure that an option which this architecture's forward pass does not know is off: absent, null, false or empty.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <exception cref="ModelLoadException">It is on.</exception>
    public void RequireOff(string key)
    {
        bool off = Find(key) switch
        {
            null => true,
            { ValueKind: JsonValueKind.False } => true,
            { ValueKind: JsonValueKind.Object } value => !value.EnumerateObject().Any(),
            { ValueKind: JsonValueKind.Array } value => value.GetArrayLength() == 0,
            _ => false,
        };
        if (!off)
        {
            throw Unexpected(key, "nothing: this option is not supported");
        }
    }

    /// <summary>The error of a value that is not as it has to be.</summary>
    /// <param name="key">A key of the outermost object.</param>
    /// <param name="expected">What it has to be.</param>
    public ModelLoadException Unexpected(string key, string expected)
    {
        string found = Find(key) is JsonElement value ? StrictJson.Excerpt(value) : "nothing";
        return new ModelLoadException(Path, $"{section}{key}: expected {expected}, found {found}.");
    }

    private static int? TokenOf(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int token) && token >= 0 ? token : null;

    private JsonElement Require(string key) => Find(key) ?? throw new ModelLoadException(Path, $"{section}{key} is missing.");

    private JsonElement? Find(string key) => root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
