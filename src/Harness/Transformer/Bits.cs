using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>Whether a hook changed anything.</summary>
internal static class Bits
{
    /// <summary>
    /// Whether two tensors of one shape hold equal values. NaN equals nothing, so a NaN counts as a change; so does a value that is differentiated by,
    /// since the run has to go on from it for its gradient to be the whole one.
    /// </summary>
    public static bool Same(Tensor left, Tensor right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (right.requires_grad)
        {
            return false;
        }

        using DisposeScope scope = NewDisposeScope();
        return !left.ne(right).any().item<bool>();
    }
}
