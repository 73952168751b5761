using System.Globalization;
using System.Text;

namespace CircuitSpecs.Reporting;

/// <summary>Text that must not exceed a number of bytes: blocks that no longer fit are left out whole, and counted.</summary>
internal sealed class SummaryBuilder(int mostBytes)
{
    // Room for one note on what was left out.
    private const int NoteBytes = 200;
    private readonly StringBuilder text = new();
    private int bytes;
    private int reserved;

    /// <summary>Keeps room for a block that is added later.</summary>
    public void Reserve(string block) => reserved += Size(block);

    /// <summary>Adds the block for which room was kept; leaves it out if there never was any.</summary>
    public void AddReserved(string block)
    {
        reserved -= Size(block);
        if (bytes + Size(block) <= mostBytes)
        {
            Append(block);
        }
    }

    /// <summary>Adds a block if it fits.</summary>
    public bool Add(string block)
    {
        bool fits = bytes + Size(block) + reserved + NoteBytes <= mostBytes;
        if (fits)
        {
            Append(block);
        }

        return fits;
    }

    /// <summary>Adds blocks as long as they fit, then says how many did not.</summary>
    public void AddAll(IEnumerable<string> blocks, string what)
    {
        int left = 0;
        foreach (string block in blocks)
        {
            left += left > 0 || !Add(block) ? 1 : 0;
        }

        string note = string.Create(CultureInfo.InvariantCulture, $"\n… {left} more {what} did not fit; the results log has them all.\n");
        if (left > 0 && bytes + Size(note) + reserved <= mostBytes)
        {
            Append(note);
        }
    }

    public override string ToString() => text.ToString();

    private static int Size(string block) => Encoding.UTF8.GetByteCount(block);

    private void Append(string block)
    {
        text.Append(block);
        bytes += Size(block);
    }
}
