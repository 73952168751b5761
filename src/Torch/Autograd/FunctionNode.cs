using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>A custom function: its backward gives one gradient for each argument, tensor or not.</summary>
internal sealed class FunctionNode : Node
{
    private readonly bool[] _isTensor;
    private readonly autograd.AutogradContext _context;
    private readonly Func<autograd.AutogradContext, List<Tensor>, List<Tensor>> _backward;

    public FunctionNode(
        string name, Tensor?[] inputs, autograd.AutogradContext context, Func<autograd.AutogradContext, List<Tensor>, List<Tensor>> backward)
        : base(name)
    {
        _context = context;
        _backward = backward;
        Follow(Array.FindAll(inputs, t => t is not null)!);
        _isTensor = Array.ConvertAll(inputs, t => t is not null);
    }

    public override Tensor?[] Apply(Tensor?[] gradients)
    {
        var given = new List<Tensor>(gradients.Length);
        for (int i = 0; i < gradients.Length; i++)
            given.Add(gradients[i] ?? (_context.MaterializeGrads ? TensorFactory.Zeros(Outputs[i].Sizes, Outputs[i].Type, null, false) : null!));
        List<Tensor?> results = _backward(_context, given)!;
        while (results.Count > _isTensor.Length && results[^1] is null) results.RemoveAt(results.Count - 1);
        if (results.Count != _isTensor.Length)
            throw new TorchException(Name, $"function {Name} returned an incorrect number of gradients (expected {_isTensor.Length}, got {results.Count})");
        var slopes = new List<Tensor?>(Next.Length);
        for (int i = 0; i < results.Count; i++)
        {
            if (_isTensor[i]) slopes.Add(results[i]);
            else if (results[i] is not null)
                throw new TorchException(Name, $"function {Name} returned a gradient different from null at position {i}, but the corresponding forward input was not a tensor");
        }

        return [.. slopes];
    }

    public override void ReleaseSaved() => _context.Dispose();
}
