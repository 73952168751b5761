using System.Numerics;

namespace TorchSharp.Optim;

/// <summary>What an optimizer does to some elements of a parameter, given their gradient and what it remembers of them.</summary>
internal interface IStep<T>
    where T : unmanaged
{
    void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> a, ref Vector<T> b, ref Vector<T> c);
}
