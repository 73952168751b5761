using System.Text;

namespace CircuitSpecs.Tokenizers;

/// <summary>A <c>merges.txt</c>: pairs of tokens in the order in which byte-pair encoding joins them.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Result)> merges;

    private MergeTable(Dictionary<(int Left, int Right), (int Rank, int Result)> merges) => this.merges = merges;

    public bool TryGet(int left, int right, out int rank, out int result)
    {
        bool found = merges.TryGetValue((left, right), out (int Rank, int Result) merge);
        (rank, result) = merge;
        return found;
    }

    /// <summary>Reads the file and checks it against the vocabulary, in both directions.</summary>
    /// <exception cref="InvalidDataException">
    /// A line that is no pair, a pair twice, a pair whose parts or result the vocabulary lacks, or a token of the
    /// vocabulary that no merge makes; the message names file and line.
    /// </exception>
    public static MergeTable Read(string path, Vocabulary vocabulary, IReadOnlySet<string> special)
    {
        string[] lines = File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)).Split('\n');
        var merges = new Dictionary<(int Left, int Right), (int Rank, int Result)>();
        var made = new HashSet<int>();
        var lineOf = new Dictionary<(int Left, int Right), int>();
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

            (int, int) pair = (IdOf(parts[0], where), IdOf(parts[1], where));
            if (!lineOf.TryAdd(pair, index + 1))
            {
                throw new InvalidDataException($"{where}: the merge '{line}' stands there already, in line {lineOf[pair]}.");
            }

            int result = IdOf(parts[0] + parts[1], where);
            merges.Add(pair, (merges.Count, result));
            made.Add(result);
        }

        foreach ((string spelling, int id) in vocabulary.Ids)
        {
            if (spelling.Length > 1 && !made.Contains(id) && !special.Contains(spelling))
            {
                throw new InvalidDataException($"'{path}' has no merge that makes the token '{spelling}' (id {id}) of '{vocabulary.Path}': a line is missing, or the two files do not belong together.");
            }
        }

        return new MergeTable(merges);

        int IdOf(string spelling, string where) => vocabulary.Ids.TryGetValue(spelling, out int id)
            ? id
            : throw new InvalidDataException($"{where}: the token '{spelling}' is not in '{vocabulary.Path}'.");
    }
}
