using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The named parts of a sequential module, and what is asked of all of them.</summary>
internal sealed class ModuleSequence<T>
    where T : class
{
    /// <summary>Name of a sequential module: libtorch's.</summary>
    public const string Name = "torch::nn::SequentialImpl";

    private readonly List<(string Name, T Part)> _parts = [];

    public int Count => _parts.Count;

    public T this[int index] => _parts[index].Part;

    public (string Name, T Part) Entry(int index) => _parts[index];

    public void Add(string name, T part)
    {
        ArgumentNullException.ThrowIfNull(part);
        _parts.Add((name, part));
    }

    public void Add(T part) => Add($"{Count}", part);

    public IEnumerable<(string, Parameter)> Parameters(bool recurse)
    {
        if (!recurse) yield break;
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach ((string name, nn.Module part) in Children())
            foreach ((string key, Parameter parameter) in part.named_parameters(true))
                if (!parameter.IsInvalid && seen.Add(parameter)) yield return ($"{name}.{key}", parameter);
    }

    public IEnumerable<(string, Tensor)> Buffers(bool recurse, bool nonpersistent)
    {
        if (!recurse) yield break;
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach ((string name, nn.Module part) in Children())
            foreach ((string key, Tensor buffer) in part.named_buffers(true, nonpersistent))
                if (!buffer.IsInvalid && seen.Add(buffer)) yield return ($"{name}.{key}", buffer);
    }

    public IEnumerable<(string name, nn.Module module)> Children() => _parts.Select(p => (p.Name, (nn.Module)(object)p.Part));

    public IEnumerable<(string name, nn.Module module)> Modules()
    {
        foreach ((string name, nn.Module part) in Children()) yield return (name, part);
        foreach ((string name, nn.Module part) in Children())
            foreach ((string key, nn.Module below) in part.named_modules()) yield return ($"{name}.{key}", below);
    }

    public void ForEach(Action<nn.Module> action)
    {
        foreach ((_, nn.Module part) in Children()) action(part);
    }
}
