using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace CircuitSpecs.Tokenizers;

/// <summary>A <c>vocab.json</c>: one JSON object that maps each token's spelling to its id.</summary>
internal sealed class Vocabulary
{
    private readonly ImmutableArray<string?> spellings;

    private Vocabulary(string path, FrozenDictionary<string, int> ids, ImmutableArray<string?> spellings)
    {
        Path = path;
        Ids = ids;
        this.spellings = spellings;
    }

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    public FrozenDictionary<string, int> Ids { get; }

    /// <summary>Largest id + 1.</summary>
    public int Size => spellings.Length;

    public string SpellingOf(int id) => id >= 0 && id < Size && spellings[id] is { } spelling
        ? spelling
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"Token id {id} is not in '{Path}', whose ids are 0 to {Size - 1}.");

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">Not a JSON object of ids, or a spelling or an id stands there twice; the message names file, line and entry.</exception>
    public static Vocabulary Read(string path)
    {
        byte[] json = File.ReadAllBytes(path);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var spellings = new List<string?>();
        var reader = new Utf8JsonReader(json);
        try
        {
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "expected a JSON object of token → id", reader);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string spelling = reader.GetString()!;
                bool isId = reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int id) && id >= 0;
                Expect(isId, $"the id of {Quote(spelling)} has to be a number from 0 on", reader);
                id = reader.GetInt32();
                Expect(id <= json.Length, $"the id {id} of {Quote(spelling)} is larger than a file of this size can have", reader);
                Expect(ids.TryAdd(spelling, id), $"the token {Quote(spelling)} stands there twice", reader);
                while (spellings.Count <= id)
                {
                    spellings.Add(null);
                }

                Expect(spellings[id] is null, $"the id {id} belongs to both {Quote(spellings[id]!)} and {Quote(spelling)}", reader);
                spellings[id] = spelling;
            }

            Expect(ids.Count > 0, "it holds no token", reader);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}', line {exception.LineNumber + 1}: not JSON: {exception.Message}", exception);
        }

        return new Vocabulary(path, ids.ToFrozenDictionary(StringComparer.Ordinal), [.. spellings]);

        void Expect(bool condition, string complaint, Utf8JsonReader at)
        {
            if (!condition)
            {
                int line = 1 + json.AsSpan(0, (int)at.TokenStartIndex).Count((byte)'\n');
                throw new InvalidDataException($"'{path}', line {line}: {complaint}.");
            }
        }
    }

    private static string Quote(string? spelling) => JsonSerializer.Serialize(spelling);
}
