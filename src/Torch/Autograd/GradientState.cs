using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>What a tensor keeps of its gradient; handles on the same variable share it.</summary>
internal sealed class GradientState
{
    private int _references = 1;
    private AccumulateGrad? _accumulator;

    /// <summary>True for a leaf that wants a gradient.</summary>
    public bool Required { get; set; }

    /// <summary>True for a non-leaf that wants to keep its gradient.</summary>
    public bool Retained { get; set; }

    /// <summary>The gradient, in no dispose scope.</summary>
    public Tensor? Gradient { get; private set; }

    public AccumulateGrad AccumulatorOf(Tensor leaf) => _accumulator ??= new AccumulateGrad(leaf, this);

    public void Set(Tensor? gradient)
    {
        Tensor? old = Gradient;
        Gradient = gradient;
        old?.Dispose();
    }

    /// <summary>Adds a gradient to what is there. The caller keeps <paramref name="gradient"/>.</summary>
    public void Accumulate(Tensor gradient, bool keepHistory)
    {
        if (Gradient is null)
        {
            bool own = !gradient.Storage.IsShared && gradient.is_contiguous();
            if (keepHistory) Set(gradient.Share());
            else if (own) Set(gradient.Untracked());
            else Set(gradient.Copy());
            return;
        }

        if (keepHistory)
        {
            using DisposeScope scope = NewDisposeScope();
            Set(Gradient.add(gradient).Share());
        }
        else
        {
            Gradient.add_(gradient);
        }
    }

    public GradientState Share()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) Set(null);
    }
}
