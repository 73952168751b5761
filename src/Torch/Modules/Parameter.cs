using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that a module learns. It takes the place of the tensor that it is made of, which cannot be used afterwards.</summary>
public class Parameter : Tensor
{
    public Parameter(Tensor data, bool requires_grad = true)
        : base(data.with_requires_grad(requires_grad), takeOver: true)
    {
    }

    /// <summary>Another handle on the same parameter.</summary>
    internal Parameter(Parameter source)
        : base(source, takeOver: false)
    {
    }
}
