using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>A prompt family as an entry of <see cref="PromptFamilies"/>: the same prompts as the class of its name gives.</summary>
public sealed class PromptFamily
{
    private readonly Func<Tokenizer, int, int, EvaluationSet> evaluation;
    private readonly Func<Tokenizer, int, int, DiscoverySet> discovery;

    internal PromptFamily(string name, string example, Vocabularies vocabularies, Func<Tokenizer, int, int, EvaluationSet> evaluation, Func<Tokenizer, int, int, DiscoverySet> discovery)
    {
        Name = name;
        Example = example;
        Vocabularies = vocabularies;
        this.evaluation = evaluation;
        this.discovery = discovery;
    }

    /// <summary>The name that its sets carry, for example <c>Brackets (nested)</c>.</summary>
    public string Name { get; }

    /// <summary>What a prompt looks like, and its answer after an arrow.</summary>
    public string Example { get; }

    /// <summary>The vocabularies that it has words for.</summary>
    public Vocabularies Vocabularies { get; }

    /// <summary>Whether it can draw prompts for a tokenizer.</summary>
    /// <param name="tokenizer">Any tokenizer.</param>
    public bool Serves(Tokenizer tokenizer) => Vocabularies.HasFlag(tokenizer switch
    {
        null => throw new ArgumentNullException(nameof(tokenizer)),
        WordLevelTokenizer => Vocabularies.Organism,
        DialogueTokenizer => Vocabularies.Dialogue,
        _ => Vocabularies.Text,
    });

    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">The model's tokenizer. BOS is put in front of a prompt where it has one.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts, on every machine.</param>
    /// <exception cref="ArgumentException">The family has no words for this vocabulary.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many, what was dropped and why, and what to change.</exception>
    public EvaluationSet Evaluation(Tokenizer tokenizer, int count = 16, int seed = 1) => evaluation(tokenizer, count, seed);

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">The model's tokenizer. BOS is put in front of a prompt where it has one.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts, on every machine.</param>
    /// <exception cref="ArgumentException">The family has no words for this vocabulary.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many, what was dropped and why, and what to change.</exception>
    public DiscoverySet Discovery(Tokenizer tokenizer, int count = 16, int seed = 2) => discovery(tokenizer, count, seed);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Example}";
}
