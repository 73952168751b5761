using System.Numerics;

namespace TorchSharp.Optim;

/// <summary>Adam and AdamW: <c>a</c> is the mean of the gradient, <c>b</c> that of its square, <c>c</c> the largest such mean so far.</summary>
/// <param name="shrink">What the parameter is multiplied by first (AdamW).</param>
/// <param name="decay">What part of the parameter is added to the gradient (Adam).</param>
/// <param name="sign">−1 when something is to grow.</param>
/// <param name="beta1">Decay of the mean.</param>
/// <param name="beta2">Decay of the mean square.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="lr">The learning rate.</param>
/// <param name="step">Number of the step, from 1.</param>
/// <param name="largest">True if the largest mean square counts.</param>
internal readonly struct AdamStep<T>(
    double shrink, double decay, double sign, double beta1, double beta2, double eps, double lr, long step, bool largest) : IStep<T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector<T> _shrink = new(T.CreateTruncating(shrink));
    private readonly Vector<T> _decay = new(T.CreateTruncating(decay));
    private readonly Vector<T> _sign = new(T.CreateTruncating(sign));
    private readonly Vector<T> _beta1 = new(T.CreateTruncating(beta1));
    private readonly Vector<T> _new1 = new(T.CreateTruncating(1 - beta1));
    private readonly Vector<T> _beta2 = new(T.CreateTruncating(beta2));
    private readonly Vector<T> _new2 = new(T.CreateTruncating(1 - beta2));
    private readonly Vector<T> _eps = new(T.CreateTruncating(eps));
    private readonly Vector<T> _correction = new(T.CreateTruncating(Math.Sqrt(1 - Math.Pow(beta2, step))));
    private readonly Vector<T> _rate = new(T.CreateTruncating(-lr / (1 - Math.Pow(beta1, step))));
    private readonly bool _shrinks = shrink != 1;
    private readonly bool _decays = decay != 0;
    private readonly bool _largest = largest;

    public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> a, ref Vector<T> b, ref Vector<T> c)
    {
        g *= _sign;
        if (_shrinks) p *= _shrink;
        if (_decays) g += p * _decay;
        a = a * _beta1 + g * _new1;
        b = b * _beta2 + _new2 * g * g;
        Vector<T> square = b;
        if (_largest) square = c = Vector.ConditionalSelect(Vector.GreaterThan(c, b), c, b);
        p += _rate * a / (Vector.SquareRoot(square) / _correction + _eps);
    }
}
