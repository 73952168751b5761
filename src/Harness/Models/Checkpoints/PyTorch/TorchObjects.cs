using System.Collections.Immutable;
using System.Numerics;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>Makes what the known names of a pickle stand for: views of storages and plain data, out of arguments that are checked one by one.</summary>
/// <param name="input">The pickle, for messages.</param>
internal sealed class TorchObjects(PickleInput input)
{
    private readonly Dictionary<string, StorageReference> storages = new(StringComparer.Ordinal);

    /// <summary>The storages that were referred to, by their keys.</summary>
    public IReadOnlyDictionary<string, StorageReference> Storages => storages;

    /// <summary>What a value is, for messages.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "None",
        bool => "a truth value",
        long or BigInteger => "a whole number",
        double => "a floating-point number",
        string text => $"the text {Quoted.Of(text)}",
        byte[] => "bytes",
        object?[] => "a tuple",
        List<object?> => "a list",
        PickledDictionary => "a dictionary",
        TensorView => "a tensor",
        StorageReference => "a storage",
        TorchGlobal global => global.Name,
        _ => throw new InvalidOperationException($"No pickle holds a {value.GetType()}."),
    };

    /// <summary>What calling a known function or class with these arguments gives.</summary>
    public object Call(TorchGlobal function, object?[] arguments) => function.Kind switch
    {
        TorchGlobalKind.OrderedDictionary => Dictionary(function, arguments),
        TorchGlobalKind.RebuildTensor => Tensor(function, arguments, least: 4, most: 4),
        TorchGlobalKind.RebuildTensor2 => Tensor(function, arguments, least: 6, most: 7),
        TorchGlobalKind.RebuildTensor3 => Tensor(function, arguments, least: 7, most: 8),
        TorchGlobalKind.RebuildParameter => Parameter(function, arguments),
        TorchGlobalKind.Size => Size(function, arguments),
        TorchGlobalKind.Device => Device(function, arguments),
        _ => throw input.Error($"{function.Name} is called, which is no function."),
    };

    /// <summary>The storage that a persistent id stands for: <c>('storage', class, key, device, count[, None])</c>. The device does not matter.</summary>
    public StorageReference Storage(object? persistentId)
    {
        if (persistentId is not object?[] { Length: 5 or 6 } parts || parts[0] is not "storage")
        {
            throw input.Error($"a persistent id is {Described(persistentId)}, expected a storage: ('storage', class, key, device, count).");
        }

        if (parts[1] is not TorchGlobal { Kind: TorchGlobalKind.StorageType, Type: ElementType type } || parts[2] is not string key || parts[3] is not string)
        {
            throw input.Error($"a storage is described by {Described(parts)}, expected ('storage', class, key, device, count).");
        }

        if (parts.Length == 6 && parts[5] is not null)
        {
            throw input.Error($"storage {Quoted.Of(key)} is a view of another one ({KindOf(parts[5])}), which is not supported: load and save the file with PyTorch 1.0 or later.");
        }

        if (parts[4] is not long count || count < 0 || count > long.MaxValue / type.Size)
        {
            throw input.Error($"storage {Quoted.Of(key)} claims {Number(parts[4])} elements, expected a count of 0 or more that a file can hold.");
        }

        var storage = new StorageReference(key, type, count);
        if (storages.TryGetValue(key, out StorageReference? known) && known != storage)
        {
            throw input.Error($"storage {storage} was {known} before, expected one and the same.");
        }

        storages[key] = storage;
        return storage;
    }

    private static string Described(object? value) => value is object?[] { Length: <= 8 } parts
        ? $"({string.Join(", ", parts.Select(KindOf))})"
        : KindOf(value);

    private static string Number(object? value) => value switch
    {
        long number => $"{number}",
        BigInteger number when number.GetBitLength() <= 128 => $"{number}",
        _ => KindOf(value),
    };

    private PickledDictionary Dictionary(TorchGlobal function, object?[] arguments)
    {
        RequireCount(function, arguments, 0, 1);
        var dictionary = new PickledDictionary(isOrdered: true);
        if (arguments.Length == 0)
        {
            return dictionary;
        }

        // As Python 2 wrote it: a list of pairs.
        foreach (object? pair in Items(arguments[0]) ?? throw Wrong(function, 0, arguments, "a list of pairs"))
        {
            IReadOnlyList<object?>? parts = Items(pair);
            if (parts is not { Count: 2 })
            {
                throw input.Error($"{function.Name} gets a list with {KindOf(pair)} in it, expected pairs.");
            }

            dictionary.Add(parts[0], parts[1]);
        }

        return dictionary;
    }

    private static IReadOnlyList<object?>? Items(object? value) => value switch
    {
        object?[] tuple => tuple,
        List<object?> list => list,
        _ => null,
    };

    private TensorView Tensor(TorchGlobal function, object?[] arguments, int least, int most)
    {
        RequireCount(function, arguments, least, most);
        StorageReference storage = arguments[0] as StorageReference ?? throw Wrong(function, 0, arguments, "a storage");
        long offset = arguments[1] as long? ?? throw Wrong(function, 1, arguments, "a whole number, the storage offset");
        ImmutableArray<long> shape = WholeNumbers(function, 2, arguments, "the sizes");
        ImmutableArray<long> strides = WholeNumbers(function, 3, arguments, "the strides");
        if (arguments.Length > 4)
        {
            RequireFlagAndNoHooks(function, arguments, 4);
        }

        ElementType type = storage.Type;
        int next = 6;
        if (function.Kind == TorchGlobalKind.RebuildTensor3)
        {
            type = arguments[next++] is TorchGlobal { Kind: TorchGlobalKind.ElementType, Type: ElementType named } ? named : throw Wrong(function, 6, arguments, "a torch.dtype");
        }

        if (arguments.Length > next && arguments[next] is not (null or PickledDictionary { Entries.Count: 0 }))
        {
            throw Wrong(function, next, arguments, "nothing: conjugate and negative views are not supported");
        }

        return TensorView.TryMake(storage, type, offset, shape, strides, out string problem) ?? throw input.Error($"the description of a tensor is wrong: {problem}");
    }

    private TensorView Parameter(TorchGlobal function, object?[] arguments)
    {
        RequireCount(function, arguments, 3, 3);
        RequireFlagAndNoHooks(function, arguments, 1);
        return arguments[0] as TensorView ?? throw Wrong(function, 0, arguments, "a tensor");
    }

    private object?[] Size(TorchGlobal function, object?[] arguments)
    {
        RequireCount(function, arguments, 1, 1);
        _ = WholeNumbers(function, 0, arguments, "the sizes");
        return (object?[])arguments[0]!;
    }

    private string Device(TorchGlobal function, object?[] arguments)
    {
        RequireCount(function, arguments, 1, 2);
        string kind = arguments[0] as string ?? throw Wrong(function, 0, arguments, "a text");
        return arguments.Length == 1 ? kind
            : arguments[1] is long index ? $"{kind}:{index}"
            : throw Wrong(function, 1, arguments, "a whole number");
    }

    private void RequireFlagAndNoHooks(TorchGlobal function, object?[] arguments, int start)
    {
        if (arguments[start] is not bool)
        {
            throw Wrong(function, start, arguments, "true or false (requires_grad)");
        }

        if (arguments[start + 1] is not (null or PickledDictionary { Entries.Count: 0 }))
        {
            throw Wrong(function, start + 1, arguments, "no backward hooks");
        }
    }

    private ImmutableArray<long> WholeNumbers(TorchGlobal function, int index, object?[] arguments, string what)
    {
        if (arguments[index] is not object?[] tuple)
        {
            throw Wrong(function, index, arguments, $"a tuple, {what}");
        }

        var numbers = ImmutableArray.CreateBuilder<long>(tuple.Length);
        foreach (object? item in tuple)
        {
            numbers.Add(item as long? ?? throw input.Error($"{function.Name}: {what} hold {Number(item)}, expected whole numbers of 64 bits."));
        }

        return numbers.MoveToImmutable();
    }

    private void RequireCount(TorchGlobal function, object?[] arguments, int least, int most)
    {
        if (arguments.Length < least || arguments.Length > most)
        {
            throw input.Error($"{function.Name} gets {arguments.Length} arguments, expected {(least == most ? $"{least}" : $"{least} to {most}")}.");
        }
    }

    private ModelLoadException Wrong(TorchGlobal function, int index, object?[] arguments, string expected) =>
        input.Error($"{function.Name}: argument {index + 1} is {KindOf(arguments[index])}, expected {expected}.");
}
