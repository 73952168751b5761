namespace CircuitSpecs.Models.Hub;

/// <summary>A model cannot be brought from the hub; the message says why and what helps. The cache is as good as it was before, and what was downloaded so far is kept for the next try.</summary>
public sealed class HubException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, with model, file or address, and what helps.</param>
    /// <param name="inner">What noticed it, if something else did.</param>
    public HubException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
