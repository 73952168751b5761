using System.Collections.Frozen;

namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>A name that a pickle of weights may refer to. There are no others: whatever else a pickle names is refused and never looked for.</summary>
/// <param name="Name">The name, with its module.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Type">The elements' type, of a class of storages or a dtype.</param>
internal sealed record TorchGlobal(string Name, TorchGlobalKind Kind, ElementType? Type = null)
{
    private static readonly FrozenDictionary<(string Module, string Name), TorchGlobal> Known = All().ToFrozenDictionary();

    /// <summary>Whether it makes something when it is called.</summary>
    public bool IsCallable => Kind is not (TorchGlobalKind.StorageType or TorchGlobalKind.ElementType);

    /// <summary>Whether it is a class whose instances are plain data.</summary>
    public bool IsClass => Kind is TorchGlobalKind.OrderedDictionary or TorchGlobalKind.Size or TorchGlobalKind.Device;

    /// <summary>The global of a name; null for every name that weights do not need.</summary>
    /// <param name="module">The module, <c>torch._utils</c>.</param>
    /// <param name="name">The name in it, <c>_rebuild_tensor_v2</c>.</param>
    public static TorchGlobal? Find(string module, string name) => Known.GetValueOrDefault((module, name));

    private static IEnumerable<KeyValuePair<(string Module, string Name), TorchGlobal>> All()
    {
        (string Module, string Name, TorchGlobalKind Kind)[] functions =
        [
            ("collections", "OrderedDict", TorchGlobalKind.OrderedDictionary),
            ("torch._utils", "_rebuild_tensor", TorchGlobalKind.RebuildTensor),
            ("torch._utils", "_rebuild_tensor_v2", TorchGlobalKind.RebuildTensor2),
            ("torch._utils", "_rebuild_tensor_v3", TorchGlobalKind.RebuildTensor3),
            ("torch._utils", "_rebuild_parameter", TorchGlobalKind.RebuildParameter),
            ("torch", "Size", TorchGlobalKind.Size),
            ("torch", "device", TorchGlobalKind.Device),
        ];
        foreach ((string module, string name, TorchGlobalKind kind) in functions)
        {
            yield return Entry(module, name, kind, null);
        }

        (string Storage, string Type)[] storages =
        [
            ("DoubleStorage", "F64"), ("FloatStorage", "F32"), ("HalfStorage", "F16"), ("BFloat16Storage", "BF16"), ("ComplexFloatStorage", "C64"),
            ("LongStorage", "I64"), ("IntStorage", "I32"), ("ShortStorage", "I16"), ("CharStorage", "I8"), ("ByteStorage", "U8"), ("BoolStorage", "BOOL"),
            ("UntypedStorage", "U8"),
        ];
        foreach ((string storage, string type) in storages)
        {
            yield return Entry("torch", storage, TorchGlobalKind.StorageType, type);
            yield return Entry("torch.cuda", storage, TorchGlobalKind.StorageType, type);
        }

        yield return Entry("torch.storage", "UntypedStorage", TorchGlobalKind.StorageType, "U8");

        (string Name, string Type)[] types =
        [
            ("float64", "F64"), ("float32", "F32"), ("float16", "F16"), ("bfloat16", "BF16"), ("complex64", "C64"),
            ("int64", "I64"), ("int32", "I32"), ("int16", "I16"), ("int8", "I8"), ("uint8", "U8"), ("bool", "BOOL"),
            ("uint16", "U16"), ("uint32", "U32"), ("uint64", "U64"), ("float8_e4m3fn", "F8_E4M3"), ("float8_e5m2", "F8_E5M2"), ("float8_e8m0fnu", "F8_E8M0"),
        ];
        foreach ((string name, string type) in types)
        {
            yield return Entry("torch", name, TorchGlobalKind.ElementType, type);
        }
    }

    private static KeyValuePair<(string Module, string Name), TorchGlobal> Entry(string module, string name, TorchGlobalKind kind, string? type) =>
        new((module, name), new TorchGlobal($"{module}.{name}", kind, type is null ? null : CircuitSpecs.Models.Checkpoints.ElementType.ByName[type]));
}
