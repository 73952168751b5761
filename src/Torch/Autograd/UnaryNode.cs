using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>An operation of one input and one output whose derivative needs at most one of the two.</summary>
internal sealed class UnaryNode : Node
{
    private readonly Func<Tensor, Tensor, Tensor>? _formula;
    private readonly Func<Tensor, Tensor>? _linear;
    private SavedTensor? _saved;

    public UnaryNode(string name, Tensor input, Func<Tensor, Tensor> formula)
        : base(name)
    {
        _linear = formula;
        Follow(input);
    }

    public UnaryNode(string name, Tensor input, Func<Tensor, Tensor, Tensor> formula)
        : base(name)
    {
        _formula = formula;
        Follow(input);
    }

    public void Save(Tensor tensor, int output = -1) => _saved = new SavedTensor(tensor, output);

    public override Tensor?[] Apply(Tensor?[] gradients)
    {
        Tensor gradient = gradients[0]!;
        return [_linear is not null ? _linear(gradient) : _formula!(gradient, _saved!.Unpack(this))];
    }

    public override void ReleaseSaved() => _saved?.Release();
}
