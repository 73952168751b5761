namespace CircuitSpecs.Models;

/// <summary>A model is there but cannot be loaded as it is: a damaged file, a missing or unknown parameter, an option that is not supported.</summary>
public sealed class ModelLoadException : Exception
{
    /// <summary>Makes the exception; its message begins with the file.</summary>
    /// <param name="file">The file or folder that is at fault.</param>
    /// <param name="problem">What is wrong with it, what was expected and what was found.</param>
    /// <param name="inner">What noticed it, if something else did.</param>
    public ModelLoadException(string file, string problem, Exception? inner = null)
        : base($"{file}: {problem}", inner)
    {
        File = file;
        Problem = problem;
    }

    /// <summary>The file or folder that is at fault.</summary>
    public string File { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }
}
