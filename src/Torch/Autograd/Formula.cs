using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>
/// The gradients of the inputs, given those of the outputs (null: zero). Made of differentiable operations, so that
/// a gradient can be differentiated again. The engine sums a gradient down to the shape of a broadcast input.
/// </summary>
internal delegate Tensor?[] Formula(Tensor?[] gradients, FormulaNode node);
