using System.Numerics;

namespace TorchSharp.Optim;

/// <summary><c>a</c> is the sum of the squares of the gradient.</summary>
/// <param name="rate">The learning rate of this step.</param>
/// <param name="decay">Weight decay.</param>
/// <param name="eps">Added to the root.</param>
internal readonly struct AdagradStep<T>(double rate, double decay, double eps) : IStep<T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector<T> _rate = new(T.CreateTruncating(-rate));
    private readonly Vector<T> _decay = new(T.CreateTruncating(decay));
    private readonly Vector<T> _eps = new(T.CreateTruncating(eps));
    private readonly bool _decays = decay != 0;

    public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> a, ref Vector<T> b, ref Vector<T> c)
    {
        if (_decays) g += p * _decay;
        a += g * g;
        p += _rate * g / (Vector.SquareRoot(a) + _eps);
    }
}
