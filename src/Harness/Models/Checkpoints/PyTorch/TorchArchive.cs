namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>
/// The container that <c>torch.save</c> writes since PyTorch 1.6: a zip archive whose records lie in one folder, <c>data.pkl</c> and the
/// storages <c>data/0</c>, <c>data/1</c>, ….
/// </summary>
internal static class TorchArchive
{
    private const string Pickle = "data.pkl";
    private const string LittleEndian = "little";

    /// <summary>Reads the object; checks that the storages are there, but reads none yet.</summary>
    /// <param name="source">The file.</param>
    /// <exception cref="ModelLoadException">It is no such archive, is damaged, or holds something that weights do not need.</exception>
    public static TorchContent Read(StoredFile source)
    {
        IReadOnlyDictionary<string, ZipRecord> records = ZipDirectory.Read(source);
        ZipRecord[] pickles = [.. records.Values.Where(record => record.Name == Pickle || record.Name.EndsWith($"/{Pickle}", StringComparison.Ordinal))];
        if (pickles.Length != 1)
        {
            throw new ModelLoadException(source.Path, pickles.Length == 0
                ? $"the zip archive holds no {Pickle}: it was not written by torch.save."
                : $"the zip archive holds {pickles.Length} pickles named {Pickle}, expected one.");
        }

        string folder = pickles[0].Name[..^Pickle.Length];
        RequireStateDict(source.Path, folder, records.Keys);
        RequireLittleEndian(source, folder, records);

        using var stream = new MemoryStream(BytesOf(source, pickles[0], TorchContent.LongestPickle), writable: false);
        var input = new PickleInput(source.Path, pickles[0].Name, stream);
        var unpickler = new Unpickler(input);
        object? value = unpickler.Read();
        if (input.Remaining > 0)
        {
            throw input.Error($"{input.Remaining} bytes follow the end of the pickle.");
        }

        return new TorchContent(value, unpickler.Objects.Storages.ToDictionary(pair => pair.Key, pair => Open(source, folder, records, pair.Value), StringComparer.Ordinal));
    }

    private static void RequireStateDict(string file, string folder, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (!name.StartsWith(folder, StringComparison.Ordinal))
            {
                throw new ModelLoadException(file, $"the zip archive holds {Quoted.Of(name)} outside of its folder {Quoted.Of(folder)}.");
            }

            if (name[folder.Length..] == "constants.pkl" || name.AsSpan(folder.Length).StartsWith("code/"))
            {
                throw new ModelLoadException(file, $"the zip archive holds {Quoted.Of(name)}: it is a program (TorchScript), expected a state dict. Nothing was run.");
            }
        }
    }

    private static void RequireLittleEndian(StoredFile source, string folder, IReadOnlyDictionary<string, ZipRecord> records)
    {
        if (records.TryGetValue($"{folder}byteorder", out ZipRecord? record) && !BytesOf(source, record, longest: 16).AsSpan().SequenceEqual("little"u8))
        {
            throw new ModelLoadException(source.Path, $"the record {Quoted.Of(record.Name)} is not '{LittleEndian}': big-endian files are not supported; load and save it on a little-endian machine.");
        }
    }

    private static byte[] BytesOf(StoredFile source, ZipRecord record, int longest)
    {
        if (record.Length > longest)
        {
            throw new ModelLoadException(source.Path, $"the record {Quoted.Of(record.Name)} has {record.Length} bytes, expected at most {longest}.");
        }

        byte[] bytes = new byte[record.Length];
        DataOf(source, record).Read(0, bytes);
        return bytes;
    }

    private static StorageData Open(StoredFile source, string folder, IReadOnlyDictionary<string, ZipRecord> records, StorageReference storage)
    {
        if (!IsPlain(storage.Key))
        {
            throw new ModelLoadException(source.Path, $"a storage has the key {Quoted.Of(storage.Key)}, expected a plain name such as '0'.");
        }

        string name = $"{folder}data/{storage.Key}";
        if (!records.TryGetValue(name, out ZipRecord? record))
        {
            throw new ModelLoadException(source.Path, $"the record {Quoted.Of(name)} is missing from the zip archive: it should hold storage {storage}.");
        }

        return record.Length == storage.ByteCount
            ? DataOf(source, record)
            : throw new ModelLoadException(source.Path, $"the record {Quoted.Of(name)} has {record.Length} bytes, but storage {storage} takes {storage.ByteCount}.");
    }

    private static StorageData DataOf(StoredFile source, ZipRecord record) => record.IsDeflated ? new InflatedStorage(source, record) : new PlainStorage(source, record);

    private static bool IsPlain(string key) => key is [not '.', ..] && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.');
}
