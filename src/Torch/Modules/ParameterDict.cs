using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Parameters by name, in the order in which they came.</summary>
public class ParameterDict : nn.Module, IDictionary<string, Parameter>, IList<(string, Parameter)>
{
    private readonly OrderedDict<string, Parameter> _entries = new();
    private bool _registered;

    public ParameterDict()
        : base(nameof(ParameterDict))
    {
    }

    public int Count => _entries.Count;

    public bool IsReadOnly => false;

    public ICollection<string> Keys => _entries.Keys;

    public ICollection<Parameter> Values => _entries.Values;

    public Parameter this[string key]
    {
        get => _entries[key];
        set => _entries[key] = value;
    }

    public (string, Parameter) this[int index]
    {
        get => _entries[index];
        set => _entries[index] = value;
    }

    public IEnumerable<string> keys() => _entries.keys();

    public IEnumerable<Parameter> values() => _entries.values();

    public IEnumerator<(string, Parameter)> items() => _entries.items();

    public void clear() => _entries.clear();

    public void Clear() => _entries.Clear();

    public void Add(string key, Parameter value) => _entries.Add(key, value);

    public void Add((string, Parameter) item) => _entries.Add(item);

    public void Add(KeyValuePair<string, Parameter> item) => _entries.Add(item);

    public void Insert(int index, (string, Parameter) item) => _entries.Insert(index, item);

    public bool Remove(string key) => _entries.Remove(key);

    public bool Remove((string, Parameter) item) => _entries.Remove(item);

    public bool Remove(KeyValuePair<string, Parameter> item) => _entries.Remove(item);

    public void RemoveAt(int index) => _entries.RemoveAt(index);

    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    public bool Contains((string, Parameter) item) => _entries.Contains(item);

    public bool Contains(KeyValuePair<string, Parameter> item) => _entries.Contains(item);

    public int IndexOf((string, Parameter) item) => _entries.IndexOf(item);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value) => _entries.TryGetValue(key, out value);

    public void CopyTo((string, Parameter)[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    public void CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    public IEnumerator<(string, Parameter)> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, Parameter>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse) => _entries;

    public override bool has_parameter(string target) => _entries.ContainsKey(target);

    public override Parameter? get_parameter(string target) => _entries.TryGetValue(target, out Parameter? parameter) ? parameter : null;

    protected override void RegisterComponents()
    {
        if (_registered) return;
        foreach ((string key, Parameter parameter) in _entries) register_parameter(key, parameter);
        _registered = true;
    }

    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        foreach ((string key, Parameter parameter) in Enumerable.ToList<(string, Parameter)>(_entries))
        {
            if (!ReplaceParameter(dtype, device, parameter, out Parameter? replacement)) continue;
            parameter.Dispose();
            _entries[key] = replacement;
            if (_registered) ConditionallyRegisterParameter(key, replacement);
        }

        if (device is null) return;
        _deviceType = device.type;
        _deviceIndex = device.index;
    }
}
