using System.Collections.Immutable;
using static TorchSharp.torch;

namespace CircuitSpecs.Prompts;

/// <summary>Prompts of equal length out of one set, ready to be run together without padding.</summary>
public sealed class PromptBatch
{
    internal PromptBatch(PromptSet source, ImmutableArray<int> indices)
    {
        Source = source;
        Indices = indices;
        Prompts = [.. indices.Select(index => source.Prompts[index])];
    }

    /// <summary>The set that the prompts are from.</summary>
    public PromptSet Source { get; }

    /// <summary>Where each prompt stands in the set.</summary>
    public ImmutableArray<int> Indices { get; }

    /// <summary>The prompts.</summary>
    public ImmutableArray<Prompt> Prompts { get; }

    /// <summary>Number of prompts.</summary>
    public int Count => Prompts.Length;

    /// <summary>Tokens a prompt.</summary>
    public int Length => Prompts[0].Tokens.Length;

    /// <summary>The tokens as a tensor.</summary>
    /// <returns>[batch, pos], int64; the caller's to dispose.</returns>
    public Tensor Tokens() => Stack(prompt => prompt.Tokens);

    /// <summary>The corrupted twins as a tensor.</summary>
    /// <returns>[batch, pos], int64; the caller's to dispose.</returns>
    /// <exception cref="InvalidOperationException">A prompt has no corrupted twin, or one of another length.</exception>
    public Tensor CorruptTokens() => Stack(prompt => prompt.Corrupt
        ?? throw new InvalidOperationException($"Prompt family '{Source.Family}' has no corrupted twin for '{prompt.Text}'."));

    /// <summary>The position of a name in every prompt of the batch.</summary>
    /// <param name="name">For example <c>END</c>.</param>
    /// <returns>One position per prompt.</returns>
    /// <exception cref="KeyNotFoundException">A prompt has no position of that name; the message lists those it has.</exception>
    public ImmutableArray<int> PositionsOf(string name) => [.. Prompts.Select(prompt => prompt.Positions.TryGetValue(name, out int position)
        ? position
        : throw new KeyNotFoundException($"Prompt family '{Source.Family}' has no position '{name}'; it has {(prompt.Positions.IsEmpty ? "none" : string.Join(", ", prompt.Positions.Keys))}."))];

    /// <summary>Where each prompt's answer is read, from the front.</summary>
    /// <returns>One position per prompt.</returns>
    public ImmutableArray<int> AnswerPositions() => [.. Prompts.Select(prompt => prompt.AnswerPosition < 0 ? Length + prompt.AnswerPosition : prompt.AnswerPosition)];

    private Tensor Stack(Func<Prompt, ImmutableArray<int>> rowOf)
    {
        long[] flat = new long[Count * Length];
        for (int row = 0; row < Count; row++)
        {
            ImmutableArray<int> tokens = rowOf(Prompts[row]);
            if (tokens.Length != Length)
            {
                throw new InvalidOperationException($"Prompt family '{Source.Family}': '{Prompts[row].Text}' has {Length} tokens and its corrupted twin {tokens.Length}; they have to be of equal length.");
            }

            for (int position = 0; position < Length; position++)
            {
                flat[(row * Length) + position] = tokens[position];
            }
        }

        return tensor(flat, [Count, Length]);
    }
}
