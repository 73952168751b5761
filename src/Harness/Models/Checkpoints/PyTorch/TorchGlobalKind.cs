namespace CircuitSpecs.Models.Checkpoints.PyTorch;

/// <summary>What a name in a pickle stands for. Nothing here runs anything of the file's choosing.</summary>
internal enum TorchGlobalKind
{
    /// <summary><c>collections.OrderedDict</c>.</summary>
    OrderedDictionary,

    /// <summary><c>_rebuild_tensor(storage, offset, size, stride)</c>, of PyTorch before 0.4.</summary>
    RebuildTensor,

    /// <summary><c>_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks[, metadata])</c>.</summary>
    RebuildTensor2,

    /// <summary><c>_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, backward_hooks, dtype[, metadata])</c>, for types that have no storage class.</summary>
    RebuildTensor3,

    /// <summary><c>_rebuild_parameter(data, requires_grad, backward_hooks)</c>.</summary>
    RebuildParameter,

    /// <summary><c>torch.Size(tuple)</c>.</summary>
    Size,

    /// <summary><c>torch.device(type[, index])</c>.</summary>
    Device,

    /// <summary>A class of storages, <c>torch.FloatStorage</c>.</summary>
    StorageType,

    /// <summary>A <c>torch.dtype</c>.</summary>
    ElementType,
}
