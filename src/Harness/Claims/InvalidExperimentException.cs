namespace CircuitSpecs.Claims;

/// <summary>
/// The experiment behind a claim did not happen: a hook did not fire, the intervention changed nothing, the scale of a
/// ratio is zero, clean equals corrupt, too few prompts, NaN. The verdict is <see cref="Verdict.Invalid"/>, which is
/// neither support nor refutation.
/// </summary>
public sealed class InvalidExperimentException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What did not happen, where, and what to change.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidExperimentException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
