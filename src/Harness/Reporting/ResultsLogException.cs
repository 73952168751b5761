namespace CircuitSpecs.Reporting;

/// <summary>A line of a results log is not a result.</summary>
public sealed class ResultsLogException : Exception
{
    internal ResultsLogException(string file, int line, Exception cause)
        : base($"{file}, line {line}: expected one result as a JSON object. {cause.Message}", cause)
    {
        File = file;
        Line = line;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }
}
