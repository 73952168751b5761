using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Models;

/// <summary>
/// Parameters that stay in the checkpoint, in the type that they are stored in, until somebody asks for them. What belongs together (a block, the embedding, the
/// unembedding with the last norm) is read, widened to float32 and processed at once; what was used longest ago goes when the limit is reached.
/// </summary>
internal sealed class StreamedParameters : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Group> groups;
    private readonly Dictionary<string, Group> groupOf = new(StringComparer.Ordinal);
    private readonly LinkedList<Group> byAge = [];
    private readonly Func<string, IReadOnlyDictionary<string, Tensor>> read;
    private readonly Func<string, long> bytesOf;
    private readonly IDisposable? checkpoint;
    private readonly long limit;
    private long held;
    private bool disposed;

    /// <param name="names">The names of all parameters.</param>
    /// <param name="read">Reads the parameters of a group, given its name; they are the caller's.</param>
    /// <param name="bytesOf">How many bytes the parameters of a group take, given its name.</param>
    /// <param name="checkpoint">What they are read from, disposed of with this object; null if somebody else sees to that.</param>
    /// <param name="limit">Bytes that may be held, one group at least.</param>
    public StreamedParameters(IEnumerable<string> names, Func<string, IReadOnlyDictionary<string, Tensor>> read, Func<string, long> bytesOf, IDisposable? checkpoint, long limit)
    {
        this.read = read;
        this.bytesOf = bytesOf;
        this.checkpoint = checkpoint;
        this.limit = limit;
        groups = names.GroupBy(GroupName).ToDictionary(group => group.Key, group => new Group(group.Key, [.. group]), StringComparer.Ordinal);
        foreach (Group group in groups.Values)
        {
            foreach (string name in group.Names)
            {
                groupOf[name] = group;
            }
        }
    }

    /// <summary>The most bytes that were held at once.</summary>
    public long Peak { get; private set; }

    /// <summary>The group of a parameter: its block, or <c>unembed</c> with the last norm, or <c>embed</c> for all before the blocks.</summary>
    public static string GroupName(string name)
    {
        string[] parts = name.Split('.');
        return parts[0] == "blocks" ? $"blocks.{parts[1]}" : parts[0] is "unembed" or "ln_final" ? "unembed" : "embed";
    }

    /// <summary>The bytes that the parameters of a group take.</summary>
    public long BytesOf(string group) => bytesOf(group);

    /// <summary>Reads a group without keeping it; the tensors are the caller's.</summary>
    public IReadOnlyDictionary<string, Tensor> Read(string group) => read(group);

    /// <summary>A handle on a parameter, in the caller's dispose scope: it stays valid although the group goes.</summary>
    public Tensor Get(string name)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            Group group = groupOf[name];
            if (group.Tensors is null)
            {
                Load(group);
            }
            else if (byAge.Last!.Value != group)
            {
                byAge.Remove(group);
                byAge.AddLast(group);
            }

            return group.Tensors![name].alias();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            while (byAge.Count > 0)
            {
                Drop(byAge.First!.Value);
            }
        }

        checkpoint?.Dispose();
    }

    private void Load(Group group)
    {
        // Room is made before reading, so that old and new are not held together.
        while (held + bytesOf(group.Name) > limit && byAge.First is { } oldest)
        {
            Drop(oldest.Value);
        }

        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> tensors = read(group.Name);
        foreach (Tensor tensor in tensors.Values)
        {
            tensor.DetachFromDisposeScope();
        }

        group.Tensors = tensors;
        group.Bytes = tensors.Values.Sum(tensor => tensor.numel() * tensor.ElementSize);
        byAge.AddLast(group);
        held += group.Bytes;
        Peak = Math.Max(Peak, held);
    }

    private void Drop(Group group)
    {
        foreach (Tensor tensor in group.Tensors!.Values)
        {
            tensor.Dispose();
        }

        group.Tensors = null;
        held -= group.Bytes;
        byAge.Remove(group);
    }

    private sealed class Group(string name, string[] names)
    {
        public string Name { get; } = name;

        public string[] Names { get; } = names;

        public IReadOnlyDictionary<string, Tensor>? Tensors { get; set; }

        public long Bytes { get; set; }
    }
}
