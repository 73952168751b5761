using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules in a row, of which a derived class says how they are applied.</summary>
public abstract class Sequential<T1, T2, T3, T4, TResult> : nn.Module<T1, T2, T3, T4, TResult>
{
    private readonly ModuleSequence<nn.Module> _parts = new();

    protected Sequential(params (string name, nn.Module submodule)[] modules)
        : base(ModuleSequence<nn.Module>.Name)
    {
        foreach ((string key, nn.Module module) in modules) Add(key, module);
    }

    protected Sequential(params nn.Module[] modules)
        : base(ModuleSequence<nn.Module>.Name)
    {
        foreach (nn.Module module in modules) Add(module);
    }

    public int Count => _parts.Count;

    [IndexerName("SequentialItems")]
    public nn.Module this[int index] => _parts[index];

    [IndexerName("SequentialItems")]
    public Sequential<T1, T2, T3, T4, TResult> this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? Count);

    [IndexerName("SequentialItems")]
    public Sequential<T1, T2, T3, T4, TResult> this[Range index] => Slice(index.Start.GetOffset(Count), index.End.GetOffset(Count));

    public Sequential<T1, T2, T3, T4, TResult> append(string name, nn.Module module)
    {
        Add(name, module);
        return this;
    }

    public Sequential<T1, T2, T3, T4, TResult> append(nn.Module module)
    {
        Add(module);
        return this;
    }

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) => _parts.Parameters(recurse);

    public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_persistent = true) =>
        _parts.Buffers(recurse, include_persistent);

    public override IEnumerable<(string name, nn.Module module)> named_children() => _parts.Children();

    public override IEnumerable<(string name, nn.Module module)> named_modules() => _parts.Modules();

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

    protected void Add(string name, nn.Module sm) => _parts.Add(name, sm);

    protected void Add(nn.Module module) => _parts.Add(module);

    /// <summary>A row of the parts from <paramref name="start"/> up to <paramref name="end"/>. As in TorchSharp 0.107 only a derived class that overrides this can be sliced: the row itself cannot know what type the parts in between pass on.</summary>
    protected virtual Sequential<T1, T2, T3, T4, TResult> Slice(int start, int end) => throw new NotImplementedException();

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
}
