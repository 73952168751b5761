namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>
/// A dictionary out of a pickle: its entries as they were set, unhashed, so that a file cannot choose keys that collide. Who needs names
/// checks them then.
/// </summary>
/// <param name="isOrdered">Whether it is a <c>collections.OrderedDict</c>, which may carry attributes.</param>
internal sealed class PickledDictionary(bool isOrdered)
{
    private List<KeyValuePair<object?, object?>>? entries;

    public bool IsOrdered => isOrdered;

    public IReadOnlyList<KeyValuePair<object?, object?>> Entries => entries ?? (IReadOnlyList<KeyValuePair<object?, object?>>)[];

    public void Add(object? key, object? value) => (entries ??= []).Add(new(key, value));
}
