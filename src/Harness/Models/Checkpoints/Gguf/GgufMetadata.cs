using System.Collections.Immutable;
using System.Globalization;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// The metadata of a GGUF file. Values are <see cref="byte"/>, <see cref="sbyte"/>, <see cref="ushort"/>, <see cref="short"/>, <see cref="uint"/>, <see cref="int"/>,
/// <see cref="ulong"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, or arrays of one of those; an array of arrays is an <c>object[]</c>.
/// </summary>
public sealed class GgufMetadata
{
    private const int LargestSize = 1 << 26;

    private readonly string file;

    internal GgufMetadata(string file, ImmutableSortedDictionary<string, object> values)
    {
        this.file = file;
        Values = values;
    }

    /// <summary>Every value by its key.</summary>
    public ImmutableSortedDictionary<string, object> Values { get; }

    /// <summary>A text; null where the key is absent.</summary>
    /// <param name="key">For example <c>general.architecture</c>.</param>
    /// <exception cref="ModelLoadException">It is not a text.</exception>
    public string? Text(string key) => Find<string>(key, "a text");

    /// <summary>A choice; null where the key is absent.</summary>
    /// <param name="key">For example <c>tokenizer.ggml.add_bos_token</c>.</param>
    /// <exception cref="ModelLoadException">It is not a boolean.</exception>
    public bool? Flag(string key) => Values.ContainsKey(key) ? Find<object>(key, "a boolean") is bool flag ? flag : throw Unexpected(key, "a boolean") : null;

    /// <summary>A list; null where the key is absent.</summary>
    /// <typeparam name="T">The type of its elements, as stored.</typeparam>
    /// <param name="key">For example <c>tokenizer.ggml.tokens</c>.</param>
    /// <exception cref="ModelLoadException">It is not such a list.</exception>
    public IReadOnlyList<T>? List<T>(string key) => Find<T[]>(key, $"a list of {typeof(T).Name}");

    /// <summary>A whole number in any of the integer types; null where the key is absent.</summary>
    /// <param name="key">For example <c>llama.block_count</c>.</param>
    /// <exception cref="ModelLoadException">It is not a whole number, or one beyond <see cref="long.MaxValue"/>.</exception>
    public long? Whole(string key) => !Values.TryGetValue(key, out object? value)
        ? null
        : value switch
        {
            byte or sbyte or ushort or short or uint or int or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ulong and <= long.MaxValue => (long)(ulong)value,
            _ => throw Unexpected(key, "a whole number"),
        };

    /// <summary>A number of things.</summary>
    /// <param name="key">For example <c>llama.block_count</c>.</param>
    /// <exception cref="ModelLoadException">It is absent or no whole number from 1 to 2²⁶.</exception>
    public int Size(string key) => Whole(key) switch
    {
        null => throw new ModelLoadException(file, $"{key} is missing."),
        >= 1 and <= LargestSize and long size => (int)size,
        _ => throw Unexpected(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {LargestSize}")),
    };

    /// <summary>A positive number; null where the key is absent. A float32 becomes the double that its shortest decimal spelling names: 1e-5, not 9.9999997e-6.</summary>
    /// <param name="key">For example <c>llama.rope.freq_base</c>.</param>
    /// <exception cref="ModelLoadException">It is not a positive, finite number.</exception>
    public double? Positive(string key)
    {
        double? number = Values.GetValueOrDefault(key) switch
        {
            null => null,
            float single when float.IsFinite(single) => double.Parse(single.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            float or double => Convert.ToDouble(Values[key], CultureInfo.InvariantCulture),
            _ => Whole(key),
        };
        return number is null or (> 0 and < double.PositiveInfinity) ? number : throw Unexpected(key, "a positive number");
    }

    /// <summary>The error of a value that is not as it has to be.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="expected">What it has to be.</param>
    public ModelLoadException Unexpected(string key, string expected)
    {
        string found = Values.GetValueOrDefault(key) switch
        {
            null => "nothing",
            Array array => $"a list of {array.Length}",
            string text => Quoted.Of(text),
            object value => $"{Convert.ToString(value, CultureInfo.InvariantCulture)} ({value.GetType().Name})",
        };
        return new ModelLoadException(file, $"{key}: expected {expected}, found {found}.");
    }

    private T? Find<T>(string key, string expected)
        where T : class => !Values.TryGetValue(key, out object? value) ? null : value as T ?? throw Unexpected(key, expected);
}
