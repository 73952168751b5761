namespace CircuitSpecs.Tokenizers;

/// <summary>A text cannot be turned into the tokens that were asked for.</summary>
public sealed class TokenizationException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was wrong with which text, and what was expected.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public TokenizationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
