namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>How much a sweep does and holds at once. The numbers that it gives do not depend on it, but for rounding.</summary>
/// <param name="TokensAtOnce">Positions that go through a block together: enough for full speed, few enough for the cache.</param>
/// <param name="BytesWaiting">Residual streams that wait for the next block; beyond that, those that wait are run to the end first.</param>
/// <param name="BytesKept">Activations of the unpatched run; prompts beyond that come in a group of their own.</param>
internal sealed record SweepLimits(long TokensAtOnce = 512, long BytesWaiting = 256L << 20, long BytesKept = 256L << 20);
