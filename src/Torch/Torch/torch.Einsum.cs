using TorchSharp.Autograd;
using TorchSharp.Kernels;
using static TorchSharp.Kernels.Contraction;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// The sum of products that the equation names. Pairs of operands are contracted from left to right, each as one
    /// (batched) matrix product that reads its operands in place.
    /// </summary>
    public static Tensor einsum(string equation, params Tensor[] tensors)
    {
        ArgumentNullException.ThrowIfNull(equation);
        if (tensors.Length == 0) throw new TorchException("einsum", "must provide at least one operand");
        foreach (Tensor t in tensors) Tensor.ProductType("einsum", tensors[0], t);
        EinsumEquation parsed = EinsumEquation.Parse(equation, Array.ConvertAll(tensors, t => t._sizes));
        ScalarType type = tensors[0]._dtype;
        using DisposeScope scope = NewDisposeScope();
        Labelled[] operands = tensors.Select((t, i) => Prepare(t.to_type(type.Compute()), parsed.Inputs[i])).ToArray();
        Labelled left = operands[0];
        for (int i = 1; i < operands.Length; i++)
        {
            var needed = new HashSet<int>(parsed.Output);
            for (int j = i + 1; j < operands.Length; j++) needed.UnionWith(operands[j].Labels);
            left = Contract(left, operands[i], needed, parsed.Sizes);
        }

        left = SumAway(left, new HashSet<int>(parsed.Output));
        long[] order = Array.ConvertAll(parsed.Output, label => (long)Array.IndexOf(left.Labels, label));
        Tensor result = left.Data.permute(order).to_type(type);

        // Never a view of an operand's storage that the caller could write through by accident.
        foreach (Tensor t in tensors)
        {
            if (!ReferenceEquals(t.Storage, result.Storage)) continue;
            result = result.clone();
            break;
        }

        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Takes diagonals where a label is repeated within one operand.</summary>
    private static Labelled Prepare(Tensor data, int[] labels)
    {
        while (true)
        {
            int second = Enumerable.Range(0, labels.Length).FirstOrDefault(i => Array.IndexOf(labels, labels[i]) < i, -1);
            if (second < 0) return new Labelled(data, labels);
            int first = Array.IndexOf(labels, labels[second]);
            data = data.diagonal(0, first, second);
            int label = labels[second];
            labels = [.. labels.Where((_, i) => i != first && i != second), label];
        }
    }

    private static Labelled SumAway(Labelled x, HashSet<int> needed)
    {
        long[] dims = Enumerable.Range(0, x.Labels.Length).Where(i => !needed.Contains(x.Labels[i])).Select(i => (long)i).ToArray();
        return dims.Length == 0 ? x : new Labelled(x.Data.sum(dims), x.Labels.Where(needed.Contains).ToArray());
    }

    private static Labelled Contract(Labelled a, Labelled b, HashSet<int> needed, Dictionary<int, long> sizes)
    {
        // What only one side has and nobody needs is summed before the product; what is of size one on a side, too,
        // since it may stand for a broadcast dimension.
        a = SumAway(a, [.. needed, .. b.Labels]);
        b = SumAway(b, [.. needed, .. a.Labels]);
        int[] shared = a.Labels.Intersect(b.Labels).ToArray();
        int[] inner = shared.Where(l => !needed.Contains(l)).ToArray();
        int[] batch = shared.Where(needed.Contains).ToArray();
        int[] rows = a.Labels.Except(shared).ToArray(), columns = b.Labels.Except(shared).ToArray();
        Dims batchA = Of(a, batch), batchB = Of(b, batch), rowsA = Of(a, rows), columnsB = Of(b, columns);
        Tensor c = Tensor.Allocate([.. batchA.Sizes, .. rowsA.Sizes, .. columnsB.Sizes], a.Data._dtype);
        Run(a.Data, batchA, rowsA, Of(a, inner), b.Data, batchB, Of(b, inner), columnsB, c);
        int[] labels = [.. batch, .. rows, .. columns];
        if (Derivative.Wanted(a.Data, b.Data))
        {
            (int[] labelsA, int[] labelsB) = (a.Labels, b.Labels);
            c.From("EinsumBackward0", [a.Data, b.Data], [b.Data.requires_grad ? a.Data : null, a.Data.requires_grad ? b.Data : null], (gradients, n) =>
            {
                var g = new Labelled(gradients[0]!, labels);
                return [n.Needs(0) ? Slope(g, new Labelled(n[1], labelsB), labelsA, sizes) : null, n.Needs(1) ? Slope(g, new Labelled(n[0], labelsA), labelsB, sizes) : null];
            });
        }

        return new Labelled(c, labels);

        Dims Of(Labelled x, int[] labels)
        {
            var lengths = new long[labels.Length];
            var strides = new long[labels.Length];
            for (int i = 0; i < labels.Length; i++)
            {
                int at = Array.IndexOf(x.Labels, labels[i]);
                lengths[i] = sizes[labels[i]];
                strides[i] = x.Data._sizes[at] == 1 ? 0 : x.Data._strides[at];
            }

            return new Dims(lengths, strides);
        }
    }

    /// <summary>The gradient of one operand is the product of the result's with the other operand.</summary>
    private static Tensor Slope(Labelled gradient, Labelled other, int[] labels, Dictionary<int, long> sizes)
    {
        Labelled product = Contract(gradient, other, [.. labels], sizes);
        return product.Data.permute(Array.ConvertAll(labels, l => (long)Array.IndexOf(product.Labels, l)));
    }

    private sealed record Labelled(Tensor Data, int[] Labels);
}
