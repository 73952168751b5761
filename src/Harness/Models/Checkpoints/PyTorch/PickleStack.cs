namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>The stack that the operations of a pickle work on, with marks that nothing but <see cref="PopToMark"/> reaches across.</summary>
/// <param name="input">The pickle, for messages.</param>
internal sealed class PickleStack(PickleInput input)
{
    private readonly List<object?> values = [];
    private readonly List<int> marks = [];

    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    /// <summary>Whether nothing is left, no mark either.</summary>
    public bool IsEmpty => values.Count == 0 && marks.Count == 0;

    /// <summary>The topmost value.</summary>
    public object? Top => values.Count > Floor ? values[^1] : throw Underflow();

    public void Push(object? value) => values.Add(value);

    public void Mark() => marks.Add(values.Count);

    public object? Pop()
    {
        object? top = Top;
        values.RemoveAt(values.Count - 1);
        return top;
    }

    /// <summary>So many topmost values, the lowest first.</summary>
    public object?[] Pop(int count)
    {
        if (values.Count - Floor < count)
        {
            throw Underflow();
        }

        object?[] taken = new object?[count];
        values.CopyTo(values.Count - count, taken, 0, count);
        values.RemoveRange(values.Count - count, count);
        return taken;
    }

    /// <summary>The values above the topmost mark, the lowest first; they and the mark are gone then.</summary>
    public object?[] PopToMark()
    {
        if (marks.Count == 0)
        {
            throw input.Error("an operation needs a mark on the stack, and there is none (mark missing).");
        }

        object?[] taken = Pop(values.Count - Floor);
        marks.RemoveAt(marks.Count - 1);
        return taken;
    }

    private ModelLoadException Underflow() => input.Error("an operation needs more values than the stack holds (stack underflow).");
}
