using System.Numerics;

namespace TorchSharp.Optim;

/// <summary><c>a</c> is the mean square of the gradient, <c>b</c> its mean, <c>c</c> the momentum.</summary>
/// <param name="lr">The learning rate.</param>
/// <param name="alpha">Decay of the means.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="decay">Weight decay.</param>
/// <param name="momentum">How much of the momentum stays.</param>
/// <param name="centered">True if the variance counts, not the mean square.</param>
/// <param name="sign">−1 when something is to grow.</param>
internal readonly struct RmsPropStep<T>(double lr, double alpha, double eps, double decay, double momentum, bool centered, double sign) : IStep<T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector<T> _rate = new(T.CreateTruncating(-lr));
    private readonly Vector<T> _alpha = new(T.CreateTruncating(alpha));
    private readonly Vector<T> _new = new(T.CreateTruncating(1 - alpha));
    private readonly Vector<T> _eps = new(T.CreateTruncating(eps));
    private readonly Vector<T> _decay = new(T.CreateTruncating(decay));
    private readonly Vector<T> _momentum = new(T.CreateTruncating(momentum));
    private readonly Vector<T> _sign = new(T.CreateTruncating(sign));
    private readonly bool _decays = decay != 0;
    private readonly bool _moves = momentum > 0;
    private readonly bool _centered = centered;

    public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> a, ref Vector<T> b, ref Vector<T> c)
    {
        g *= _sign;
        if (_decays) g += p * _decay;
        a = a * _alpha + _new * g * g;
        Vector<T> square = a;
        if (_centered)
        {
            b = b * _alpha + g * _new;
            square -= b * b;
        }

        Vector<T> root = Vector.SquareRoot(square) + _eps;
        if (_moves)
        {
            c = c * _momentum + g / root;
            p += c * _rate;
        }
        else
        {
            p += _rate * g / root;
        }
    }
}
