using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Models;

/// <summary>
/// Parameters that stay in the checkpoint, in the type that they are stored in, until somebody asks for them. What belongs together (a block, the embedding, the
/// unembedding with the last norm) is read, widened to float32 and processed at once; what was used longest ago goes when the limit is reached. All models that are
/// streamed share what may be held: a claim's null models and processed copies take their turns with the model itself.
/// </summary>
internal sealed class StreamedParameters : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly LinkedList<Group> ByAge = [];
    private static long held;

    private readonly Dictionary<string, Group> groups;
    private readonly Dictionary<string, Group> groupOf = new(StringComparer.Ordinal);
    private readonly Func<string, IReadOnlyDictionary<string, Tensor>> read;
    private readonly Func<string, long> bytesOf;
    private readonly IDisposable? checkpoint;
    private readonly long limit;
    private bool disposed;

    /// <param name="names">The names of all parameters.</param>
    /// <param name="read">Reads the parameters of a group, given its name; they are the caller's.</param>
    /// <param name="bytesOf">How many bytes the parameters of a group take, given its name.</param>
    /// <param name="checkpoint">What they are read from, disposed of with this object; null if somebody else sees to that.</param>
    /// <param name="limit">Bytes that may be held, by all models together, before another group is read; one group at least.</param>
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

    /// <summary>The most bytes that were held at once by all models, when this one read.</summary>
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
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            Group group = groupOf[name];
            if (group.Tensors is null)
            {
                Load(group);
            }
            else if (ByAge.Last!.Value != group)
            {
                ByAge.Remove(group);
                ByAge.AddLast(group);
            }

            return group.Tensors![name].alias();
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            disposed = true;
            foreach (Group group in groups.Values.Where(group => group.Tensors is not null))
            {
                Drop(group);
            }
        }

        checkpoint?.Dispose();
    }

    private void Load(Group group)
    {
        // Room is made before reading, so that old and new are not held together.
        while (held + bytesOf(group.Name) > limit && ByAge.First is { } oldest)
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
        ByAge.AddLast(group);
        held += group.Bytes;
        Peak = Math.Max(Peak, held);
    }

    private static void Drop(Group group)
    {
        foreach (Tensor tensor in group.Tensors!.Values)
        {
            tensor.Dispose();
        }

        group.Tensors = null;
        held -= group.Bytes;
        ByAge.Remove(group);
    }

    private sealed class Group(string name, string[] names)
    {
        public string Name { get; } = name;

        public string[] Names { get; } = names;

        public IReadOnlyDictionary<string, Tensor>? Tensors { get; set; }

        public long Bytes { get; set; }
    }
}
