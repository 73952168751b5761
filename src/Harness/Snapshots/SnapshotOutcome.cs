namespace CircuitSpecs.Snapshots;

/// <summary>How a measurement that passed its snapshot did so.</summary>
public enum SnapshotOutcome
{
    /// <summary>It is within tolerance; the verified file was not touched.</summary>
    Matched,

    /// <summary>It was not, or was new, and <c>CIRCUITSPECS_ACCEPT=1</c> made it the verified one.</summary>
    Accepted,
}
