namespace CircuitSpecs.Snapshots;

/// <summary>Tables that come as a flat list.</summary>
internal static class NumberTable
{
    /// <summary>Copies <c>[rows · columns]</c> to <c>[rows, columns]</c>.</summary>
    public static double[,] FromRows(ReadOnlySpan<double> values, int rows, int columns, string meaning)
    {
        if (rows < 0 || columns < 0 || values.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{values.Length} values are not {meaning} = {rows} × {columns}.", nameof(values));
        }

        double[,] table = new double[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                table[row, column] = values[(row * columns) + column];
            }
        }

        return table;
    }
}
