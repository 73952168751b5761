namespace TorchSharp.Kernels;

/// <summary>
/// How rows of A are divided into tiles: tiles of full height, and where some remain, the last two so that little of
/// them is padding.
/// </summary>
internal readonly struct RowSplit
{
    private readonly int _full;
    private readonly int _height;
    private readonly int _first;
    private readonly int _second;

    public RowSplit(long rows, int maxRows)
    {
        _height = maxRows;
        int rest = (int)(rows % maxRows);
        _full = checked((int)(rows / maxRows));
        if (rest == 0) return;
        if (_full == 0)
        {
            _first = rest;
            return;
        }

        _full--;
        int best = int.MaxValue;

        // Only the last tile may be padded, so that each begins at its first row's place.
        for (int first = maxRows, left = maxRows + rest; 2 * first >= left; first -= 2)
        {
            int cost = Cost(first) + Cost(left - first);
            if (cost > best) continue;
            best = cost;
            _first = first;
            _second = left - first;
        }

        // A tile of fewer rows than four takes as long: it waits for its own sums.
        int Cost(int count) => Math.Max(4, Height(count));
    }

    /// <summary>The height of the tile that holds so many rows: one, or an even number.</summary>
    public static int Height(int rows) => rows == 1 ? 1 : (rows + 1) & ~1;

    public int Count => _full + (_first > 0 ? 1 : 0) + (_second > 0 ? 1 : 0);

    /// <summary>The first row of a tile.</summary>
    public long Start(int tile) => tile <= _full ? (long)tile * _height : (long)_full * _height + _first;

    /// <summary>The number of rows of a tile, padding not counted.</summary>
    public int Rows(int tile) => tile < _full ? _height : tile == _full ? _first : _second;
}
