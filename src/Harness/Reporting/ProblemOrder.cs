using System.Globalization;

namespace CircuitSpecs.Reporting;

/// <summary>Orders problem numbers as a reader counts: 2.3 before 2.18.</summary>
internal sealed class ProblemOrder : IComparer<string>
{
    public static ProblemOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        string[] left = (x ?? "").Split('.');
        string[] right = (y ?? "").Split('.');
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            bool numbers = int.TryParse(left[i], NumberStyles.None, CultureInfo.InvariantCulture, out int a) & int.TryParse(right[i], NumberStyles.None, CultureInfo.InvariantCulture, out int b);
            int order = numbers ? a.CompareTo(b) : string.CompareOrdinal(left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}
