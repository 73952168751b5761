using System.Collections.Immutable;

namespace CircuitSpecs.Prompts;

/// <summary>One prompt of a set: its tokens, and what a metric may ask of it.</summary>
public sealed record Prompt
{
    /// <summary>The token ids, BOS included where the family has one.</summary>
    public required ImmutableArray<int> Tokens { get; init; }

    /// <summary>What a person reads in a failure message.</summary>
    public required string Text { get; init; }

    /// <summary>The correct next token at <see cref="AnswerPosition"/>; null where the family has no single answer.</summary>
    public int? Answer { get; init; }

    /// <summary>The wrong token that the answer is compared with (logit difference = answer − foil).</summary>
    public int? Foil { get; init; }

    /// <summary>All correct next tokens where several are right (every year after 17); empty means <see cref="Answer"/> alone.</summary>
    public ImmutableArray<int> AnswerSet { get; init; } = [];

    /// <summary>All wrong tokens that the answers are compared with; empty means <see cref="Foil"/> alone.</summary>
    public ImmutableArray<int> FoilSet { get; init; } = [];

    /// <summary>The position whose logits are read; the last one unless said otherwise.</summary>
    public int AnswerPosition { get; init; } = -1;

    /// <summary>The corrupted twin, of the same length; null where the family has none.</summary>
    public ImmutableArray<int>? Corrupt { get; init; }

    /// <summary>Positions with a name in the family's literature: <c>IO</c>, <c>S1</c>, <c>S2</c>, <c>END</c>.</summary>
    public ImmutableSortedDictionary<string, int> Positions { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Positions whose next token is predicted by a rule of the family, for losses and accuracies over many positions; empty means all.</summary>
    public ImmutableArray<int> ScoredPositions { get; init; } = [];

    /// <summary>The template it was made from; prompts of one template are not independent, so intervals are clustered by it.</summary>
    public string? Template { get; init; }
}
