namespace CircuitSpecs.Prompts;

/// <summary>Prompts that a component is searched with. What is found has to be judged on an <see cref="EvaluationSet"/>.</summary>
public sealed class DiscoverySet : PromptSet
{
    /// <summary>Makes the set.</summary>
    /// <param name="family">The name of the prompt family.</param>
    /// <param name="seed">The seed that it was generated with; another one than the evaluation set's.</param>
    /// <param name="prompts">At least one prompt.</param>
    /// <param name="dropped">Why generated prompts are not among them: reason → count.</param>
    /// <exception cref="ArgumentException">There is no prompt; the message says what was dropped and why.</exception>
    public DiscoverySet(string family, int seed, IEnumerable<Prompt> prompts, IReadOnlyDictionary<string, int>? dropped = null)
        : base(family, seed, prompts, dropped)
    {
    }
}
