using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules in a row: each is called with what the one before it gave.</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly ModuleSequence<nn.IModule<Tensor, Tensor>> _parts = new();

    internal Sequential()
        : base(ModuleSequence<nn.IModule<Tensor, Tensor>>.Name)
    {
    }

    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules)
        : base(ModuleSequence<nn.IModule<Tensor, Tensor>>.Name)
    {
        foreach ((string key, nn.Module<Tensor, Tensor> module) in modules) Add(key, module);
    }

    protected Sequential(params nn.Module<Tensor, Tensor>[] modules)
        : base(ModuleSequence<nn.IModule<Tensor, Tensor>>.Name)
    {
        foreach (nn.Module<Tensor, Tensor> module in modules) Add(module);
    }

    public int Count => _parts.Count;

    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _parts[index];

    [IndexerName("SequentialItems")]
    public Sequential this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? Count);

    [IndexerName("SequentialItems")]
    public Sequential this[Range index] => Slice(index.Start.GetOffset(Count), index.End.GetOffset(Count));

    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        Add(name, module);
        return this;
    }

    public Sequential append(nn.IModule<Tensor, Tensor> module)
    {
        Add(module);
        return this;
    }

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) => _parts.Parameters(recurse);

    public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_persistent = true) =>
        _parts.Buffers(recurse, include_persistent);

    public override IEnumerable<(string name, nn.Module module)> named_children() => _parts.Children();

    public override IEnumerable<(string name, nn.Module module)> named_modules() => _parts.Modules();

    public override Tensor forward(Tensor tensor)
    {
        if (Count == 0) return tensor.alias();
        Tensor result = _parts[0].call(tensor);
        for (int i = 1; i < Count; i++)
        {
            using Tensor input = result;
            result = _parts[i].call(input);
        }

        return result;
    }

    public override nn.Module apply(Action<nn.Module> fn)
    {
        _parts.ForEach(part => part.apply(fn));
        fn(this);
        return this;
    }

    public override void train(bool on = true)
    {
        base.train(on);
        _parts.ForEach(part => part.train(on));
    }

    public override void eval()
    {
        base.eval();
        _parts.ForEach(part => part.eval());
    }

    internal void Add(string name, nn.IModule<Tensor, Tensor> module) => _parts.Add(name, module);

    internal void Add(nn.IModule<Tensor, Tensor> module) => _parts.Add(module);

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking)
    {
        _parts.ForEach(part => part._to(dtype, non_blocking));
        return this;
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        _parts.ForEach(part => part._to(device, dtype, non_blocking));
        return this;
    }

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        _parts.ForEach(part => part._to(deviceType, deviceIndex, non_blocking));
        return this;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _parts.ForEach(part => part.Dispose());
        base.Dispose(disposing);
    }

    private Sequential Slice(int start, int end)
    {
        if (start < 0 || start > Count) throw new IndexOutOfRangeException($"{start} is not a valid index.");
        if (end < 0 || end > Count) throw new IndexOutOfRangeException($"{end} is not a valid index.");
        var result = new Sequential(Array.Empty<nn.Module<Tensor, Tensor>>());
        for (int i = start; i < end; i++)
        {
            (string key, nn.IModule<Tensor, Tensor> part) = _parts.Entry(i);
            result.Add(key, part);
        }

        return result;
    }
}
