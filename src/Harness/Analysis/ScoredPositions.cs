using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>The positions of a batch whose next token is scored, brought to one width by repeating the last.</summary>
internal sealed class ScoredPositions
{
    private readonly PromptBatch batch;
    private readonly ImmutableArray<int>[] rows;

    /// <exception cref="ArgumentException">A prompt has one token only, or scores a position that has no next token.</exception>
    public ScoredPositions(PromptBatch batch)
    {
        this.batch = batch;
        rows = [.. batch.Prompts.Select(prompt => prompt.ScoredPositions.IsDefaultOrEmpty ? [.. Enumerable.Range(0, batch.Length - 1)] : prompt.ScoredPositions)];
        int wrong = Array.FindIndex(rows, row => row.IsEmpty || row.Any(position => position < 0 || position >= batch.Length - 1));
        if (wrong >= 0)
        {
            throw new ArgumentException($"'{batch.Prompts[wrong].Text}' has {batch.Length} tokens: the positions with a next token are 0 to {batch.Length - 2}, and {(rows[wrong].IsEmpty ? "there is none" : $"[{string.Join(", ", rows[wrong])}] are scored")}.");
        }

        Width = rows.Max(row => row.Length);
    }

    /// <summary>Positions a row, repetitions included.</summary>
    public int Width { get; }

    /// <summary>Positions of a row without repetitions.</summary>
    public int CountOf(int row) => rows[row].Length;

    /// <summary>The token after a position.</summary>
    public int Target(int row, int i) => batch.Prompts[row].Tokens[At(row, i) + 1];

    /// <summary>[batch, width] int64: positions.</summary>
    public Tensor Tensor() => Make(At);

    /// <summary>[batch, width] int64: the tokens after them.</summary>
    public Tensor Targets() => Make(Target);

    private int At(int row, int i) => rows[row][Math.Min(i, rows[row].Length - 1)];

    private Tensor Make(Func<int, int, int> value)
    {
        long[] flat = new long[batch.Count * Width];
        for (int row = 0; row < batch.Count; row++)
        {
            for (int i = 0; i < Width; i++)
            {
                flat[(row * Width) + i] = value(row, i);
            }
        }

        return tensor(flat, [batch.Count, Width]);
    }
}
