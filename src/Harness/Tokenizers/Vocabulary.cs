using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Tokenizers;

/// <summary>Tokens with their ids: a <c>vocab.json</c> (one JSON object that maps each token's spelling to its id), or the like in another file.</summary>
internal sealed class Vocabulary
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ImmutableArray<string?> spellings;

    private Vocabulary(string path, Dictionary<string, int> ids, ImmutableArray<string?> spellings)
    {
        Path = path;
        Ids = ids;
        this.spellings = spellings;
    }

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <summary>The id of each token; not to be changed.</summary>
    public Dictionary<string, int> Ids { get; }

    /// <summary>Largest id + 1.</summary>
    public int Size => spellings.Length;

    public string SpellingOf(int id) => TrySpelling(id) ?? throw new ArgumentOutOfRangeException(nameof(id), id, $"Token id {id} is not in '{Path}', whose ids are 0 to {Size - 1}.");

    /// <summary>The spelling; null where no token has the id.</summary>
    public string? TrySpelling(int id) => id >= 0 && id < Size ? spellings[id] : null;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">Not a JSON object of ids, or a spelling or an id stands there twice; the message names file, line and entry.</exception>
    public static Vocabulary Read(string path)
    {
        byte[] json = BoundedFile.ReadAll(path, BoundedFile.LargestTokenizer);
        var builder = new Builder(path, json.Length);
        var reader = new Utf8JsonReader(json);
        try
        {
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "expected a JSON object of token → id", reader);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string spelling = StringOf(reader);
                bool isId = reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int id) && id >= 0;
                Expect(isId, $"the id of {Quote(spelling)} has to be a number from 0 on", reader);
                Expect(builder.Add(spelling, reader.GetInt32()), builder.Complaint, reader);
            }

            Expect(builder.Count > 0, "it holds no token", reader);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}', line {exception.LineNumber + 1}: not JSON: {exception.Message}", exception);
        }

        return builder.Build();

        string StringOf(Utf8JsonReader at)
        {
            try
            {
                return at.GetString()!;
            }
            catch (InvalidOperationException exception)
            {
                throw new InvalidDataException($"'{path}', line {LineOf(at)}: a token is no valid Unicode: {exception.Message}", exception);
            }
        }

        void Expect(bool condition, string? complaint, Utf8JsonReader at)
        {
            if (!condition)
            {
                throw new InvalidDataException($"'{path}', line {LineOf(at)}: {complaint}.");
            }
        }

        int LineOf(Utf8JsonReader at) => 1 + json.AsSpan(0, (int)at.TokenStartIndex).Count((byte)'\n');
    }

    internal static string Quote(string? spelling) => JsonSerializer.Serialize(spelling, Readable);

    /// <summary>Collects tokens and refuses what cannot be a vocabulary.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="largestId">What the size of the file allows.</param>
    internal sealed class Builder(string path, long largestId)
    {
        private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
        private readonly List<string?> spellings = [];

        /// <summary>How many tokens there are.</summary>
        public int Count => ids.Count;

        /// <summary>Why <see cref="Add"/> refused.</summary>
        public string? Complaint { get; private set; }

        /// <summary>The id of a token that was added.</summary>
        public bool TryId(string spelling, out int id) => ids.TryGetValue(spelling, out id);

        /// <summary>Adds a token; false, with the reason in <see cref="Complaint"/>, where that cannot be.</summary>
        public bool Add(string spelling, int id)
        {
            if (id > largestId)
            {
                Complaint = $"the id {id} of {Quote(spelling)} is larger than a file of this size can have";
                return false;
            }

            if (!ids.TryAdd(spelling, id))
            {
                Complaint = $"the token {Quote(spelling)} stands there twice";
                return false;
            }

            while (spellings.Count <= id)
            {
                spellings.Add(null);
            }

            if (spellings[id] is { } other)
            {
                Complaint = $"the id {id} belongs to both {Quote(other)} and {Quote(spelling)}";
                return false;
            }

            spellings[id] = spelling;
            return true;
        }

        public Vocabulary Build() => new(path, ids, [.. spellings]);
    }
}
