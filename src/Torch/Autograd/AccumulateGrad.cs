using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>The end of the way back: adds to the gradient of a leaf. Before all else that is ready, as in PyTorch.</summary>
internal sealed class AccumulateGrad : Node
{
    private readonly GradientState _state;

    public AccumulateGrad(Tensor leaf, GradientState state)
        : base("AccumulateGrad", long.MaxValue)
    {
        _state = state;
        AddOutput(leaf);
    }

    public override Tensor?[] Apply(Tensor?[] gradients)
    {
        if (gradients[0] is { } gradient) _state.Accumulate(gradient, is_grad_enabled());
        return [];
    }
}
