using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// A model whose weights were written by hand, so that its circuit is known edge for edge (as with Tracr, Lindner et al. 2023, and InterpBench, Gupta et al.
/// 2024). It has no norms, learned positions that are one-hot, ReLU, a residual stream divided into subspaces, and heads and neurons beside the circuit that
/// are active and change nothing. <see cref="CompiledModels"/> has all of them.
/// </summary>
public sealed class CompiledModel
{
    /// <summary>The <see cref="ModelConfig.ModelType"/> of compiled models.</summary>
    public const string ModelType = "compiled";

    private readonly Func<CompiledParameters> compile;
    private readonly Func<SeededRandom, CompiledQuestion> ask;

    internal CompiledModel(string name, string task, ImmutableArray<string> circuit, IEnumerable<string> words, Func<CompiledParameters> compile, Func<SeededRandom, CompiledQuestion> ask)
    {
        Name = name;
        Task = task;
        Circuit = circuit;
        Tokenizer = WordLevelTokenizer.Of($"compiled model {name}", [WordLevelTokenizer.Bos, .. words]);
        this.compile = compile;
        this.ask = ask;
    }

    /// <summary>The name that the store knows it by, for example <c>compiled-induction</c>.</summary>
    public string Name { get; }

    /// <summary>What it computes, and how, in a sentence or two.</summary>
    public string Task { get; }

    /// <summary>
    /// The edges of its circuit in EAP-IG's names (Hanna et al. 2024): nodes <c>input</c> (the token embedding), <c>a1.h0</c>, <c>m1</c>, <c>logits</c>; edges
    /// <c>input->a0.h1&lt;q&gt;</c>, <c>a0.h1->m1</c>, <c>a1.h0->logits</c>. On the model's prompts, corrupting any one of them moves the answer, and corrupting all others leaves
    /// the logits alone. Position embeddings and biases are no nodes: what a head finds by position alone has no edge into its queries and keys.
    /// </summary>
    public ImmutableArray<string> Circuit { get; }

    /// <summary>Its vocabulary of words.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Makes its weights, the same each time.</summary>
    /// <returns>Weights that the caller owns.</returns>
    public ModelWeights CreateWeights() => compile().ToWeights(Name);

    /// <summary>Prompts of its task to judge on, each with a corrupted twin, an answer and a foil.</summary>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public EvaluationSet Evaluation(int count = 32, int seed = 1) => PromptGenerator.Evaluation(Name, seed, count, Draw);

    /// <summary>Prompts of its task to search with; none of them is ever in an evaluation set.</summary>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public DiscoverySet Discovery(int count = 32, int seed = 2) => PromptGenerator.Discovery(Name, seed, count, Draw);

    /// <summary>Its name.</summary>
    public override string ToString() => Name;

    private Drawn Draw(SeededRandom random)
    {
        CompiledQuestion question = ask(random);
        string text = string.Join(' ', question.Clean.Prepend(WordLevelTokenizer.Bos));
        return new Prompt
        {
            Tokens = Tokenizer.ToTokens(text, prependBos: false),
            Text = text,
            Corrupt = Tokenizer.ToTokens(string.Join(' ', question.Corrupt.Prepend(WordLevelTokenizer.Bos)), prependBos: false),
            Answer = Tokenizer.ToSingleToken(question.Answer),
            Foil = Tokenizer.ToSingleToken(question.Foil),
            Positions = question.Positions.Append((Name: "END", Position: question.Clean.Length)).ToImmutableSortedDictionary(place => place.Name, place => place.Position, StringComparer.Ordinal),
        };
    }
}
