using System.Numerics.Tensors;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace CircuitSpecs.Analysis;

/// <summary>
/// A head's four matrices in float64, each as d_head rows of d_model numbers: W_Qᵀ, W_Kᵀ, W_Vᵀ and W_O. The products
/// W_QK and W_OV have rank d_head, so every norm here is taken through d_head × d_head matrices of dot products of rows,
/// and W_QK and W_OV are never built.
/// </summary>
internal sealed class HeadMatrices
{
    private readonly Lazy<double[][]> q;
    private readonly Lazy<double[][]> k;
    private readonly Lazy<double[][]> v;
    private readonly Lazy<double[][]> o;

    /// <param name="weights">The parameters.</param>
    /// <param name="head">The head.</param>
    /// <param name="foldLayerNorm">Whether to fold ln1's weight into the matrices that read it.</param>
    public HeadMatrices(ModelWeights weights, Head head, bool foldLayerNorm)
    {
        if (!head.ExistsIn(weights.Config))
        {
            throw new ArgumentException($"Model '{weights.Name}' has no head {head}: it has {weights.Config.Layers} layers of {weights.Config.Heads} heads.", nameof(head));
        }

        string block = $"blocks.{head.Layer}.";
        Tensor? gain = foldLayerNorm && weights.TryGet(block + "ln1.w", out Tensor? weight) ? weight : null;
        q = new(() => Reader(weights[block + "attn.W_Q"], head.Index, gain));
        k = new(() => Reader(weights[block + "attn.W_K"], weights.Config.KeyValueHeadOf(head.Index), gain));
        v = new(() => Reader(weights[block + "attn.W_V"], weights.Config.KeyValueHeadOf(head.Index), gain));
        o = new(() => Rows(weights[block + "attn.W_O"].select(0, head.Index)));
    }

    /// <summary>W_Qᵀ.</summary>
    public double[][] Q => q.Value;

    /// <summary>W_Kᵀ.</summary>
    public double[][] K => k.Value;

    /// <summary>W_Vᵀ.</summary>
    public double[][] V => v.Value;

    /// <summary>W_O.</summary>
    public double[][] O => o.Value;

    /// <summary>‖W_Q W_Kᵀ‖, Frobenius.</summary>
    public double QkNorm => Norm(Products(Q, Q), Products(K, K));

    /// <summary>‖W_V W_O‖, Frobenius.</summary>
    public double OvNorm => Norm(Products(V, V), Products(O, O));

    /// <summary>All dot products of the rows of two matrices: A Bᵀ, [rows of A, rows of B].</summary>
    public static double[][] Products(double[][] left, double[][] right) =>
        [.. left.Select(row => Array.ConvertAll(right, other => TensorPrimitives.Dot<double>(row, other)))];

    /// <summary>‖Aᵀ M B‖ from A Aᵀ, M and B Bᵀ: the trace of Mᵀ (A Aᵀ) M (B Bᵀ).</summary>
    public static double Norm(double[][] left, double[][] middle, double[][] right)
    {
        // Gram matrices are symmetric, so rows serve as columns.
        double[][] transposed = [.. Enumerable.Range(0, middle[0].Length).Select(column => Array.ConvertAll(middle, row => row[column]))];
        double[][] once = Products(left, transposed);
        double[][] twice = Products(once, right);
        return Math.Sqrt(twice.Zip(middle, (a, b) => TensorPrimitives.Dot<double>(a, b)).Sum());
    }

    /// <summary>‖Aᵀ B‖ from A Aᵀ and B Bᵀ.</summary>
    private static double Norm(double[][] left, double[][] right) => Math.Sqrt(left.Zip(right, (a, b) => TensorPrimitives.Dot<double>(a, b)).Sum());

    private static double[][] Reader(Tensor allHeads, int head, Tensor? gain)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor one = allHeads.select(0, head);
        return Rows((gain is null ? one : one * gain.unsqueeze(-1)).transpose(0, 1));
    }

    private static double[][] Rows(Tensor matrix)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] values = matrix.contiguous().data<float>().ToArray();
        return [.. values.Chunk((int)matrix.shape[1]).Select(row => Array.ConvertAll(row, value => (double)value))];
    }
}
