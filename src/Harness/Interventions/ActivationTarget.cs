using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>A part of an activation: some heads, or one neuron, or all of it; at one position, or at all; of scores and patterns at one key, or at all.</summary>
internal sealed record ActivationTarget(HookPoint Point, ImmutableArray<int> Heads = default, int? Neuron = null, Position? At = null, Position? Key = null)
{
    /// <summary>Where a component's output is: z of a head, attn_out, mlp_out, post of a neuron, embed.</summary>
    public static ImmutableArray<ActivationTarget> Of(Component component) => component switch
    {
        Head head => [new(Hook.Z(head.Layer), [head.Index])],
        HeadSet set => [.. set.Heads.GroupBy(head => head.Layer).Select(layer => new ActivationTarget(Hook.Z(layer.Key), [.. layer.Select(head => head.Index)]))],
        AttentionLayer attention => [new(Hook.AttnOut(attention.Layer))],
        Mlp mlp => [new(Hook.MlpOut(mlp.Layer))],
        Embedding => [new(Hook.Embed)],
        Neuron neuron => [new(Hook.Post(neuron.Layer), Neuron: neuron.Index)],
        _ => throw new NotSupportedException($"A {component.Kind} has no activation of its own; name a hook point."),
    };

    /// <summary>The target with a layer that counts from the front.</summary>
    /// <exception cref="UnknownHookException">The model has no such point.</exception>
    /// <exception cref="ArgumentException">The activation has no such head or neuron.</exception>
    public ActivationTarget In(ModelConfig config)
    {
        HookPoint point = Point.In(config);
        HookSite site = HookCatalog.Find(point, config)!;
        int heads = site.CountsKeyValueHeads ? config.KeyValueHeads : config.Heads;
        if (!Heads.IsDefault && (site.HeadAxis is null || Heads.Any(head => head < 0 || head >= heads)))
        {
            throw new ArgumentException($"'{point}' has no head {string.Join(", ", Heads)}: {(site.HeadAxis is null ? "it has no axis of heads" : $"its heads are 0 to {heads - 1}")}.");
        }

        if (Neuron is int neuron && (neuron < 0 || neuron >= config.DMlp))
        {
            throw new ArgumentException($"'{point}' has no neuron {neuron}: its neurons are 0 to {config.DMlp - 1}.");
        }

        if (Key is not null && site.Axes != HookAxes.BatchHeadQueryKey)
        {
            throw new ArgumentException($"'{point}' has no axis of keys; only attention scores and patterns have one.");
        }

        return this with { Point = point };
    }

    /// <summary>The activation with the target's part taken from another tensor.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="replacement">Of the same shape, or one that expands to it.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="batch">The prompts that are run.</param>
    public Tensor Replace(Tensor activation, Tensor replacement, ModelConfig config, PromptBatch batch)
    {
        Tensor? mask = Mask(activation.shape, HookCatalog.Find(Point, config)!, batch);
        return mask is null ? replacement.expand(activation.shape).clone() : where(mask, replacement.expand(activation.shape), activation);
    }

    /// <summary>What is targeted, for descriptions: <c>attn.hook_z of 3.1 at END</c>.</summary>
    public override string ToString()
    {
        string what = Heads.IsDefault ? Point.Name : string.Create(CultureInfo.InvariantCulture, $"{Point} of head {string.Join("+", Heads)}");
        what += Neuron is int neuron ? string.Create(CultureInfo.InvariantCulture, $" of neuron {neuron}") : string.Empty;
        what += At is null ? string.Empty : $" at {At}";
        return Key is null ? what : $"{what}, key {Key}";
    }

    /// <summary>True where the activation is replaced, of a shape that broadcasts; null where all of it is.</summary>
    private Tensor? Mask(long[] shape, HookSite site, PromptBatch batch)
    {
        Tensor? mask = At is null ? null : AtPositions(At, site.PositionAxis, shape, batch);
        mask = Key is null ? mask : And(mask, AtPositions(Key, site.PositionAxis + 1, shape, batch));
        if (!Heads.IsDefault)
        {
            mask = And(mask, Along(site.HeadAxis!.Value, shape, Heads));
        }

        return Neuron is int neuron ? And(mask, Along(shape.Length - 1, shape, [neuron])) : mask;
    }

    private static Tensor AtPositions(Position position, int axis, long[] shape, PromptBatch batch)
    {
        ImmutableArray<int> positions = position.In(batch);
        bool[] flags = new bool[batch.Count * batch.Length];
        for (int row = 0; row < batch.Count; row++)
        {
            flags[(row * batch.Length) + positions[row]] = true;
        }

        long[] size = Ones(shape.Length);
        size[0] = batch.Count;
        size[axis] = batch.Length;
        return tensor(flags, size);
    }

    private static Tensor Along(int axis, long[] shape, ImmutableArray<int> chosen)
    {
        bool[] flags = new bool[shape[axis]];
        foreach (int index in chosen)
        {
            flags[index] = true;
        }

        long[] size = Ones(shape.Length);
        size[axis] = shape[axis];
        return tensor(flags, size);
    }

    private static Tensor And(Tensor? left, Tensor right) => left is null ? right : left.logical_and(right);

    private static long[] Ones(int count)
    {
        long[] size = new long[count];
        Array.Fill(size, 1);
        return size;
    }
}
