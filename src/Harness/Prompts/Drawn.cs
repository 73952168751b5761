namespace CircuitSpecs.Prompts;

/// <summary>What one draw of a family gave: a prompt, or the reason why it gave none.</summary>
/// <param name="Prompt">The prompt, or null.</param>
/// <param name="Reason">Why there is none.</param>
internal readonly record struct Drawn(Prompt? Prompt, string Reason)
{
    public static implicit operator Drawn(Prompt prompt) => new(prompt, "");

    public static implicit operator Drawn(string reason) => new(null, reason);

    /// <summary>The prompt with something added, where there is one.</summary>
    public Drawn With(Func<Prompt, Prompt> change) => Prompt is null ? this : change(Prompt);
}
