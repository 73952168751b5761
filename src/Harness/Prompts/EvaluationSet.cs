namespace CircuitSpecs.Prompts;

/// <summary>Prompts that a claim is judged on. Never used to search for the component that the claim is about.</summary>
public sealed class EvaluationSet : PromptSet
{
    /// <summary>Makes the set.</summary>
    /// <param name="family">The name of the prompt family.</param>
    /// <param name="seed">The seed that it was generated with.</param>
    /// <param name="prompts">At least one prompt.</param>
    /// <param name="dropped">Why generated prompts are not among them: reason → count.</param>
    /// <exception cref="ArgumentException">There is no prompt; the message says what was dropped and why.</exception>
    public EvaluationSet(string family, int seed, IEnumerable<Prompt> prompts, IReadOnlyDictionary<string, int>? dropped = null)
        : base(family, seed, prompts, dropped)
    {
    }
}
