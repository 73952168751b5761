using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>
/// What a hook does with an activation. It receives a copy that it may change in place; it returns the tensor to go
/// on with (same shape and type), or null to go on with the one it was given. Tensors that are to outlive the run have
/// to leave its dispose scope (<c>activation.clone().DetachFromDisposeScope()</c>).
/// </summary>
/// <param name="activation">The activation; the shapes stand with the members of <see cref="Hook"/>.</param>
/// <param name="point">Where it was taken.</param>
/// <returns>The replacement, or null.</returns>
public delegate Tensor? HookFunction(Tensor activation, HookPoint point);
