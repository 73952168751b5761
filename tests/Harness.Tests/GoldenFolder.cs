using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CircuitSpecs.Tests;

/// <summary>
/// The reference results of other implementations: the folder that <c>CIRCUITSPECS_GOLDENS</c> names, or <c>../shared/goldens</c>.
/// It has a reader of its own, so that no golden passes through the code that it is there to check.
/// </summary>
public static class GoldenFolder
{
    /// <summary>Where the goldens are, whether they are there or not.</summary>
    public static readonly string Root = Environment.GetEnvironmentVariable("CIRCUITSPECS_GOLDENS") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.GetFullPath(Path.Combine(RepositoryRoot.Path, "..", "shared", "goldens"));

    /// <summary>A file or folder of the goldens; the running test comes out as ignored, with the reason, where it is absent.</summary>
    /// <param name="parts">Its path below the goldens.</param>
    public static string PathOrIgnore(params string[] parts)
    {
        string path = Path.Combine([Root, .. parts]);
        if (!Path.Exists(path))
        {
            Assert.Ignore(AbsenceOf(path));
        }

        return path;
    }

    /// <summary>
    /// For <c>TestCaseSource</c>: one case for every file below <paramref name="parent"/> that fits, its argument being the path below
    /// the goldens with forward slashes (<c>architectures/gpt2/golden.safetensors</c>). Without goldens: one ignored case with the reason.
    /// </summary>
    /// <param name="parent">A folder below the goldens, for example <c>architectures</c>.</param>
    /// <param name="folderPattern">Which of its sub-folders, for example <c>gpt2*</c>; empty for the files of <paramref name="parent"/> itself.</param>
    /// <param name="filePattern">Which of their files, for example <c>golden.safetensors</c>.</param>
    public static IEnumerable<TestCaseData> FileCases(string parent, string folderPattern, string filePattern)
    {
        string top = Path.Combine(Root, parent);
        IEnumerable<string> folders = !Directory.Exists(top) ? []
            : folderPattern.Length == 0 ? [top]
            : Directory.EnumerateDirectories(top, folderPattern).Order(StringComparer.Ordinal);
        return Cases(folders.SelectMany(folder => Directory.EnumerateFiles(folder, filePattern).Order(StringComparer.Ordinal)), Path.Combine(top, folderPattern, filePattern));
    }

    /// <summary>For <c>TestCaseSource</c>: one case for every sub-folder, its argument being the path below the goldens (<c>architectures/gpt2</c>).</summary>
    /// <param name="parent">A folder below the goldens, for example <c>architectures</c>.</param>
    /// <param name="folderPattern">Which of its sub-folders, for example <c>gpt2*</c>.</param>
    public static IEnumerable<TestCaseData> FolderCases(string parent, string folderPattern)
    {
        string top = Path.Combine(Root, parent);
        return Cases(Directory.Exists(top) ? Directory.EnumerateDirectories(top, folderPattern).Order(StringComparer.Ordinal) : [], Path.Combine(top, folderPattern));
    }

    /// <summary>The tensors of a golden <c>.safetensors</c> file by name.</summary>
    /// <param name="path">An absolute path, or one below the goldens.</param>
    public static IReadOnlyDictionary<string, GoldenTensor> Tensors(string path)
    {
        byte[] file = File.ReadAllBytes(PathOrIgnore(path));
        int data = 8 + checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
        using var header = JsonDocument.Parse(file.AsMemory(8, data - 8));
        var tensors = new SortedDictionary<string, GoldenTensor>(StringComparer.Ordinal);
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            int begin = entry.Value.GetProperty("data_offsets")[0].GetInt32();
            int end = entry.Value.GetProperty("data_offsets")[1].GetInt32();
            ImmutableArray<long> shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            tensors.Add(entry.Name, new GoldenTensor(shape, Values(file.AsSpan(data + begin, end - begin), entry.Value.GetProperty("dtype").GetString()!)));
        }

        return tensors;
    }

    /// <summary>A golden JSON file.</summary>
    /// <param name="path">An absolute path, or one below the goldens.</param>
    public static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(PathOrIgnore(path)));
        return document.RootElement.Clone();
    }

    /// <summary>A number of a golden JSON file, where what is not finite is written as <c>"inf"</c>, <c>"-inf"</c> or <c>"nan"</c>.</summary>
    /// <param name="element">The number or string.</param>
    public static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? element.GetDouble()
        : element.GetString() switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            string other => throw new FormatException($"'{other}' is not a number of a golden file."),
            null => throw new FormatException("null is not a number of a golden file."),
        };

    /// <summary>An array of numbers of any depth, flattened in row-major order.</summary>
    /// <param name="element">A number or a nested array of numbers.</param>
    public static double[] Numbers(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().SelectMany(Numbers)]
        : [Number(element)];

    private static IEnumerable<TestCaseData> Cases(IEnumerable<string> paths, string sought)
    {
        bool any = false;
        foreach (string path in paths)
        {
            any = true;
            yield return new TestCaseData(Path.GetRelativePath(Root, path).Replace('\\', '/'));
        }

        if (!any)
        {
            yield return new TestCaseData("absent").Ignore(AbsenceOf(sought));
        }
    }

    private static string AbsenceOf(string path) => $"'{path}' is absent: this test needs reference results, which CIRCUITSPECS_GOLDENS or ../shared/goldens holds.";

    private static Array Values(ReadOnlySpan<byte> bytes, string type) => type switch
    {
        "F32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
        "F64" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
        "F16" => MemoryMarshal.Cast<byte, Half>(bytes).ToArray(),
        "BF16" => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), upper => BitConverter.UInt32BitsToSingle((uint)upper << 16)),
        "I64" => MemoryMarshal.Cast<byte, long>(bytes).ToArray(),
        "I32" => MemoryMarshal.Cast<byte, int>(bytes).ToArray(),
        "I16" => MemoryMarshal.Cast<byte, short>(bytes).ToArray(),
        "I8" => MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(),
        "U8" => bytes.ToArray(),
        "BOOL" => Array.ConvertAll(bytes.ToArray(), value => value != 0),
        _ => throw new NotSupportedException($"Golden files with {type} are not read."),
    };
}
