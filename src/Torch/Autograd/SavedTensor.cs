using static TorchSharp.torch;

namespace TorchSharp.Autograd;

/// <summary>A tensor that a derivative needs, with the version that it had: a later write makes the derivative wrong.</summary>
internal sealed class SavedTensor
{
    private readonly int _version;
    private readonly int _output;
    private Tensor? _data;

    /// <param name="data">The tensor.</param>
    /// <param name="output">Which output of the node it is, or -1: an output must not keep its own node alive.</param>
    public SavedTensor(Tensor data, int output = -1)
    {
        if (data.IsInference)
            throw new TorchException("autograd", "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd.");
        _data = output < 0 ? data.Share() : data.Untracked();
        _version = data.Storage.Version;
        _output = output;
    }

    public Tensor Unpack(Node node)
    {
        if (_data is null)
            throw new TorchException("backward", "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=true if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.");
        if (_data.Storage.Version != _version)
            throw new TorchException("backward", $"one of the variables needed for gradient computation has been modified by an inplace operation: [{_data._dtype} {Shapes.Text(_data._sizes)}]{Origin(node)}, is at version {_data.Storage.Version}; expected version {_version} instead.");
        return _output >= 0 && is_grad_enabled() ? _data.Handle(node, _output) : _data;
    }

    public void Release()
    {
        _data?.Dispose();
        _data = null;
    }

    private string Origin(Node node) =>
        _output >= 0 ? $", which is output {_output} of {node.Name}"
        : _data!.Producer is { } producer ? $", which is output {_data.OutputIndex} of {producer.Name}"
        : "";
}
