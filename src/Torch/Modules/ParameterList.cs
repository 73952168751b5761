using System.Collections;
using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Parameters by number.</summary>
public class ParameterList : nn.Module, IList<Parameter>
{
    private readonly List<Parameter> _list;
    private bool _registered;

    public ParameterList(params Parameter[] parameters)
        : base(nameof(ParameterList))
    {
        _list = [.. parameters ?? []];
    }

    public int Count => _list.Count;

    public bool IsReadOnly => false;

    public Parameter this[int index]
    {
        get => _list[index];
        set => _list[index] = value;
    }

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        _list.Select((parameter, i) => ($"{i}", parameter));

    public override bool has_parameter(string target) => Find(target) is not null;

    public override Parameter? get_parameter(string target) => Find(target);

    public void Add(Parameter item) => _list.Add(item);

    public void append(params Parameter[] parameters) => _list.AddRange(parameters ?? []);

    public void extend(IEnumerable<Parameter> parameters) => _list.AddRange(parameters);

    public void Insert(int index, Parameter item) => _list.Insert(index, item);

    // By the object: two parameters with equal elements are still two.
    public bool Remove(Parameter item)
    {
        int index = IndexOf(item);
        if (index < 0) return false;
        _list.RemoveAt(index);
        return true;
    }

    public void RemoveAt(int index) => _list.RemoveAt(index);

    public void Clear() => _list.Clear();

    public bool Contains(Parameter item) => IndexOf(item) >= 0;

    public int IndexOf(Parameter item) => _list.FindIndex(p => ReferenceEquals(p, item));

    public void CopyTo(Parameter[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    public IEnumerator<Parameter> GetEnumerator() => _list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected override void RegisterComponents()
    {
        if (_registered) return;
        for (int i = 0; i < _list.Count; i++) register_parameter($"{i}", _list[i]);
        _registered = true;
    }

    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        for (int i = 0; i < _list.Count; i++)
        {
            if (!ReplaceParameter(dtype, device, _list[i], out Parameter? replacement)) continue;
            _list[i].Dispose();
            _list[i] = replacement;
            if (_registered) ConditionallyRegisterParameter($"{i}", replacement);
        }

        if (device is null) return;
        _deviceType = device.type;
        _deviceIndex = device.index;
    }

    private Parameter? Find(string target) =>
        int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < _list.Count ? _list[index] : null;
}
