using System.Collections.Immutable;
using CircuitSpecs.Components;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Attention patterns of single prompts, for people to look at.</summary>
public static class PromptPatterns
{
    /// <summary>The attention pattern of a head on one prompt, with the prompt's tokens as text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head.</param>
    /// <param name="prompt">The prompt.</param>
    /// <returns>The tokens, and probabilities [query, key].</returns>
    public static (ImmutableArray<string> Tokens, double[,] Pattern) PatternOf(this HookedTransformer model, Head head, Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(prompt);
        using var scope = NewDisposeScope();
        int length = prompt.Tokens.Length;
        Tensor tokens = tensor(prompt.Tokens.Select(token => (long)token).ToArray(), [1, length]);
        using CachedRun run = model.RunWithCache(tokens, [Hook.Pattern(head.Layer)]);
        float[] values = run.Cache[Hook.Pattern(head.Layer)].select(0, 0).select(0, head.Index).contiguous().data<float>().ToArray();
        double[,] pattern = new double[length, length];
        for (int index = 0; index < values.Length; index++)
        {
            pattern[index / length, index % length] = values[index];
        }

        return ([.. prompt.Tokens.Select(model.Tokenizer.TokenText)], pattern);
    }
}
