using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>A dictionary that keeps the order in which its entries came, and a list of pairs.</summary>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
    where TKey : notnull
{
    private readonly List<(TKey Key, TValue Value)> _list = [];
    private readonly Dictionary<TKey, TValue> _dict = [];

    public int Count => _list.Count;

    public bool IsReadOnly => false;

    public ICollection<TKey> Keys => _list.ConvertAll(entry => entry.Key);

    public ICollection<TValue> Values => _list.ConvertAll(entry => entry.Value);

    public TValue this[TKey key]
    {
        get => _dict[key];
        set
        {
            _dict[key] = value;
            int index = Find(key);
            if (index >= 0) _list[index] = (key, value);
            else _list.Add((key, value));
        }
    }

    public (TKey, TValue) this[int index]
    {
        get => _list[index];
        set
        {
            if (!Same(_list[index].Key, value.Item1)) _dict.Remove(_list[index].Key);
            _list[index] = value;
            _dict[value.Item1] = value.Item2;
        }
    }

    public IEnumerable<TKey> keys() => Keys;

    public IEnumerable<TValue> values() => Values;

    public IEnumerator<(TKey, TValue)> items() => GetEnumerator();

    public void clear() => Clear();

    public void Clear()
    {
        _list.Clear();
        _dict.Clear();
    }

    public void Add(TKey key, TValue value)
    {
        _dict.Add(key, value);
        _list.Add((key, value));
    }

    public void Add((TKey, TValue) item) => Add(item.Item1, item.Item2);

    public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    public void Insert(int index, (TKey, TValue) item)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index, (uint)_list.Count, nameof(index));
        _dict.Add(item.Item1, item.Item2);
        _list.Insert(index, item);
    }

    public bool Remove(TKey key)
    {
        if (!_dict.Remove(key)) throw new KeyNotFoundException($"The given key '{key}' was not present in the dictionary.");
        _list.RemoveAt(Find(key));
        return true;
    }

    public bool Remove((TKey, TValue) item)
    {
        if (!_list.Remove(item)) return false;
        _dict.Remove(item.Item1);
        return true;
    }

    public bool Remove(KeyValuePair<TKey, TValue> item) => _dict.ContainsKey(item.Key) && Remove(item.Key);

    public void RemoveAt(int index)
    {
        if ((uint)index >= (uint)_list.Count) throw new IndexOutOfRangeException();
        _dict.Remove(_list[index].Key);
        _list.RemoveAt(index);
    }

    public bool ContainsKey(TKey key) => _dict.ContainsKey(key);

    public bool Contains((TKey, TValue) item) => _list.Contains(item);

    public bool Contains(KeyValuePair<TKey, TValue> item) => _dict.ContainsKey(item.Key);

    public int IndexOf((TKey, TValue) item) => _list.IndexOf(item);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _dict.TryGetValue(key, out value);

    public void CopyTo((TKey, TValue)[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
    {
        for (int i = 0; i < _list.Count; i++) array[arrayIndex + i] = new KeyValuePair<TKey, TValue>(_list[i].Key, _list[i].Value);
    }

    public IEnumerator<(TKey, TValue)> GetEnumerator() => _list.GetEnumerator();

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() =>
        _list.Select(entry => new KeyValuePair<TKey, TValue>(entry.Key, entry.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(TKey key) => _list.FindIndex(entry => Same(entry.Key, key));

    private static bool Same(TKey a, TKey b) => EqualityComparer<TKey>.Default.Equals(a, b);
}
