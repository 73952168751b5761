using System.Collections.Immutable;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>The named tensors of an object that was saved: a state dict, or one among other things of a training run.</summary>
internal sealed class StateDict
{
    private const int NamesInMessage = 8;

    // What training scripts call the model's part, beside that of an optimizer or an average of weights.
    private static readonly ImmutableArray<string> UsualNames = ["state_dict", "model_state_dict", "model"];

    private StateDict(Dictionary<string, TensorView> tensors, ImmutableArray<string> leftOut)
    {
        Tensors = tensors;
        LeftOut = leftOut;
    }

    /// <summary>The tensors by their names.</summary>
    public IReadOnlyDictionary<string, TensorView> Tensors { get; }

    /// <summary>What lies beside the state dict.</summary>
    public ImmutableArray<string> LeftOut { get; }

    /// <summary>Finds the state dict: the object itself, or the one entry of it that is one.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="value">The object that was saved.</param>
    /// <exception cref="ModelLoadException">There is none, or more than one.</exception>
    public static StateDict Find(string file, object? value)
    {
        if (value is not PickledDictionary root)
        {
            throw new ModelLoadException(file, $"it holds {TorchObjects.KindOf(value)}, expected a state dict: a dictionary of tensors by name.");
        }

        Dictionary<string, object?> entries = Named(file, root);
        string[] candidates = [.. entries.Where(entry => entry.Value is PickledDictionary { Entries.Count: > 0 } inner && inner.Entries.All(item => item.Value is TensorView)).Select(entry => entry.Key)];
        if (candidates.Length == 0)
        {
            return new StateDict(TensorsOf(file, "", entries), []);
        }

        string chosen = candidates.Length == 1 ? candidates[0] : Choose(file, candidates);
        return new StateDict(
            TensorsOf(file, $"{chosen}/", Named(file, (PickledDictionary)entries[chosen]!)),
            [.. entries.Keys.Where(name => name != chosen).Order(StringComparer.Ordinal)]);
    }

    private static string Choose(string file, string[] candidates)
    {
        string[] usual = [.. candidates.Intersect(UsualNames)];
        return usual.Length == 1
            ? usual[0]
            : throw new ModelLoadException(file, $"it holds {candidates.Length} dictionaries of tensors: {string.Join(", ", candidates.Take(NamesInMessage).Select(Quoted.Of))}; expected one, or exactly one of {string.Join(", ", UsualNames)}.");
    }

    private static Dictionary<string, object?> Named(string file, PickledDictionary dictionary)
    {
        var entries = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((object? key, object? value) in dictionary.Entries)
        {
            if (key is not string name)
            {
                throw new ModelLoadException(file, $"a key of the state dict is {TorchObjects.KindOf(key)}, expected a text, the name of a parameter.");
            }

            if (!entries.TryAdd(name, value))
            {
                throw new ModelLoadException(file, $"the name {Quoted.Of(name)} occurs twice in the state dict.");
            }
        }

        return entries;
    }

    private static Dictionary<string, TensorView> TensorsOf(string file, string path, Dictionary<string, object?> entries) => entries.ToDictionary(
        entry => entry.Key,
        entry => entry.Value as TensorView ?? throw new ModelLoadException(file, $"{Quoted.Of(path + entry.Key)} of the state dict is {TorchObjects.KindOf(entry.Value)}, expected a tensor."),
        StringComparer.Ordinal);
}
