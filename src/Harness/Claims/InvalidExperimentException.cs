namespace CircuitSpecs.Claims;

/// <summary>
/// The experiment did not happen: a hook did not fire, an intervention changed nothing, a normalising scale is zero,
/// clean equals corrupt, or NaN appeared. Whatever number came out of it would mean nothing.
/// </summary>
public sealed class InvalidExperimentException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What did not happen, where, and what was expected.</param>
    public InvalidExperimentException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What did not happen, where, and what was expected.</param>
    /// <param name="innerException">What was thrown underneath.</param>
    public InvalidExperimentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
