namespace CircuitSpecs.Tests;

/// <summary>Keeps what is reported, at once and on the reporting thread, where <see cref="Progress{T}"/> would post it for later.</summary>
/// <param name="also">Called with each report after it was kept.</param>
internal sealed class Reports<T>(Action<T>? also = null) : IProgress<T>
{
    public List<T> All { get; } = [];

    public void Report(T value)
    {
        All.Add(value);
        also?.Invoke(value);
    }
}
