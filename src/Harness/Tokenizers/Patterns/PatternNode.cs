namespace CircuitSpecs.Tokenizers.Patterns;

/// <summary>How a repetition takes its members.</summary>
internal enum Greed
{
    /// <summary>As many as can be, fewer on the way back.</summary>
    Greedy,

    /// <summary>As few as can be, more on the way back.</summary>
    Lazy,

    /// <summary>As many as can be, and there is no way back.</summary>
    Possessive,
}

/// <summary>A place that an assertion speaks of.</summary>
internal enum Place
{
    /// <summary><c>\A</c></summary>
    TextStart,

    /// <summary><c>\z</c></summary>
    TextEnd,

    /// <summary><c>\Z</c>: the end, or before a last line break.</summary>
    LastLineEnd,

    /// <summary><c>^</c></summary>
    LineStart,

    /// <summary><c>$</c></summary>
    LineEnd,

    /// <summary><c>\b</c></summary>
    WordBoundary,

    /// <summary><c>\B</c></summary>
    NoWordBoundary,
}

/// <summary>A part of a parsed pattern.</summary>
internal abstract record PatternNode
{
    /// <summary>One code point of a set.</summary>
    internal sealed record One(CodePointSet Set) : PatternNode;

    /// <summary>One part after the other.</summary>
    internal sealed record Chain(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>The first branch that leads to a match.</summary>
    internal sealed record Choice(IReadOnlyList<PatternNode> Branches) : PatternNode;

    /// <summary>A part several times; <see cref="Most"/> is <see cref="int.MaxValue"/> where there is no limit.</summary>
    internal sealed record Repeat(PatternNode Part, int Least, int Most, Greed Greed) : PatternNode;

    /// <summary>A condition on what follows, or on what stands before.</summary>
    internal sealed record Look(PatternNode Part, bool Behind, bool Negative) : PatternNode;

    /// <summary><c>(?>…)</c>: no way back into it.</summary>
    internal sealed record Atomic(PatternNode Part) : PatternNode;

    /// <summary>A condition on the place.</summary>
    internal sealed record At(Place Place) : PatternNode;

    /// <summary>How many code points the part always takes; null where that varies.</summary>
    public int? FixedLength => this switch
    {
        One => 1,
        Look or At => 0,
        Atomic atomic => atomic.Part.FixedLength,
        Chain chain => chain.Parts.Aggregate((int?)0, (sum, part) => sum + part.FixedLength),
        Choice choice => choice.Branches.Select(branch => branch.FixedLength).Distinct().ToList() is [var only] ? only : null,
        Repeat repeat => repeat.Least == repeat.Most ? repeat.Least * repeat.Part.FixedLength : null,
        _ => null,
    };
}
