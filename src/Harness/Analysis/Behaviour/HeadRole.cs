namespace CircuitSpecs.Analysis;

/// <summary>What a head attends to, as far as attention alone can tell; see <see cref="HeadTaxonomy"/>.</summary>
public enum HeadRole
{
    /// <summary>The token before.</summary>
    PreviousToken,

    /// <summary>The token itself.</summary>
    CurrentToken,

    /// <summary>The first token, where attention rests that has nothing to do (Xiao et al. 2023, "attention sinks").</summary>
    FirstToken,

    /// <summary>An earlier occurrence of the same token (Wang et al. 2023).</summary>
    DuplicateToken,

    /// <summary>What followed an earlier occurrence of the same token (Olsson et al. 2022).</summary>
    Induction,
}
