using System.Text;
using CircuitSpecs.Models.Checkpoints;

namespace CircuitSpecs.Tokenizers;

/// <summary>Pairs of tokens in the order in which byte-pair encoding joins them.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<long, (int Rank, int Result)> merges = [];

    /// <summary>How many merges there are.</summary>
    public int Count => merges.Count;

    public bool TryGet(int left, int right, out int rank, out int result)
    {
        bool found = merges.TryGetValue(KeyOf(left, right), out (int Rank, int Result) merge);
        (rank, result) = merge;
        return found;
    }

    /// <summary>Adds a merge; false where the pair has one already.</summary>
    public bool Add(int left, int right, int rank, int result) => merges.TryAdd(KeyOf(left, right), (rank, result));

    /// <summary>Adds the next merge in the order of a file, by spelling.</summary>
    /// <exception cref="InvalidDataException">A part is empty, a part or the result is not in the vocabulary, or the pair has a merge already; the message begins with <paramref name="where"/>.</exception>
    public int Add(string left, string right, Vocabulary vocabulary, string where)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            throw new InvalidDataException($"{where}: expected two tokens, found {Vocabulary.Quote(left)} and {Vocabulary.Quote(right)}.");
        }

        int leftId = IdOf(left);
        int rightId = IdOf(right);
        int result = IdOf(left + right);
        return Add(leftId, rightId, merges.Count, result) ? result : throw new InvalidDataException($"{where}: the merge '{left} {right}' stands there already.");

        int IdOf(string spelling) => vocabulary.Ids.TryGetValue(spelling, out int id)
            ? id
            : throw new InvalidDataException($"{where}: the token '{spelling}' is not in '{vocabulary.Path}'.");
    }

    /// <summary>Reads a <c>merges.txt</c> and checks it against the vocabulary, in both directions.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabulary">The vocabulary beside it.</param>
    /// <param name="unmade">Whether a token may be there without a merge that makes it.</param>
    /// <exception cref="InvalidDataException">
    /// A line that is no pair, a pair twice, a pair whose parts or result the vocabulary lacks, or a token of the
    /// vocabulary that no merge makes; the message names file and line.
    /// </exception>
    public static MergeTable Read(string path, Vocabulary vocabulary, Func<string, bool> unmade)
    {
        string[] lines = LinesOf(path);
        var table = new MergeTable();
        var made = new HashSet<int>();
        var lineOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].TrimEnd('\r');
            bool isHeader = index == 0 && line.StartsWith("#version", StringComparison.Ordinal);
            if (isHeader || (line.Length == 0 && index == lines.Length - 1))
            {
                continue;
            }

            string where = $"'{path}', line {index + 1}";
            string[] parts = line.Split(' ');
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
            {
                throw new InvalidDataException($"{where}: expected two tokens separated by one space, found '{line}'.");
            }

            if (!lineOf.TryAdd(line, index + 1))
            {
                throw new InvalidDataException($"{where}: the merge '{line}' stands there already, in line {lineOf[line]}.");
            }

            made.Add(table.Add(parts[0], parts[1], vocabulary, where));
        }

        foreach ((string spelling, int id) in vocabulary.Ids)
        {
            if (spelling.Length > 1 && !made.Contains(id) && !unmade(spelling))
            {
                throw new InvalidDataException($"'{path}' has no merge that makes the token '{spelling}' (id {id}) of '{vocabulary.Path}': a line is missing, or the two files do not belong together.");
            }
        }

        return table;
    }

    private static string[] LinesOf(string path)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(BoundedFile.WithoutMark(BoundedFile.ReadAll(path, BoundedFile.LargestTokenizer)).Span).Split('\n');
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"'{path}' is not UTF-8: {exception.Message}", exception);
        }
    }

    private static long KeyOf(int left, int right) => ((long)left << 32) | (uint)right;
}
