using System.Numerics;

namespace TorchSharp.Optim;

/// <param name="rate">Minus the learning rate, or plus when something is to grow.</param>
/// <param name="decay">Weight decay.</param>
/// <param name="momentum">How much of the momentum stays.</param>
/// <param name="taken">How much of the gradient joins the momentum.</param>
/// <param name="begins">True in the first step, where the momentum becomes the gradient.</param>
/// <param name="nesterov">True if the step looks ahead.</param>
internal readonly struct SgdStep<T>(double rate, double decay, double momentum, double taken, bool begins, bool nesterov) : IStep<T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector<T> _rate = new(T.CreateTruncating(rate));
    private readonly Vector<T> _decay = new(T.CreateTruncating(decay));
    private readonly Vector<T> _momentum = new(T.CreateTruncating(momentum));
    private readonly Vector<T> _taken = new(T.CreateTruncating(taken));
    private readonly bool _decays = decay != 0;
    private readonly bool _moves = momentum != 0;
    private readonly bool _begins = begins;
    private readonly bool _nesterov = nesterov;

    public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> a, ref Vector<T> b, ref Vector<T> c)
    {
        if (_decays) g += p * _decay;
        if (_moves)
        {
            a = _begins ? g : a * _momentum + g * _taken;
            g = _nesterov ? g + a * _momentum : a;
        }

        p += g * _rate;
    }
}
