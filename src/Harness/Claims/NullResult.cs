namespace CircuitSpecs.Claims;

/// <summary>What a claim came to on a null model.</summary>
/// <param name="Kind">Which null: <c>shuffled-weights</c>, <c>fresh-initialisation</c>, <c>swapped-component</c>.</param>
/// <param name="Verdict">The claim's verdict there; <see cref="Verdict.Supported"/> makes the claim vacuous.</param>
/// <param name="Value">The measured value there; NaN where nothing could be measured.</param>
/// <param name="Detail">What exactly was run: the seed, or the component that was put in place of the named one.</param>
public sealed record NullResult(string Kind, Verdict Verdict, double Value, string Detail);
