namespace CircuitSpecs.Tokenizers;

/// <summary>Known words that an unknown one may have been meant to be.</summary>
internal static class NearestWords
{
    /// <summary>The nearest words by edit distance without regard to case, nearest first.</summary>
    public static IEnumerable<string> To(string word, IEnumerable<string> known, int count) =>
        known.OrderBy(candidate => Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant()))
            .ThenBy(candidate => candidate, StringComparer.Ordinal)
            .Take(count);

    /// <summary>Levenshtein's distance: the least number of inserted, deleted and replaced characters.</summary>
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        foreach (char character in from)
        {
            int diagonal = row[0]++;
            for (int column = 1; column < row.Length; column++)
            {
                int replaced = diagonal + (character == to[column - 1] ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(replaced, 1 + Math.Min(row[column], row[column - 1]));
            }
        }

        return row[^1];
    }
}
