using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>x W + b over the last axis.</summary>
internal static class Affine
{
    /// <summary>Applies a map to every position.</summary>
    /// <param name="x">[batch, pos, in].</param>
    /// <param name="matrix">[in, out].</param>
    /// <param name="bias">[out], or null.</param>
    /// <returns>[batch, pos, out].</returns>
    public static Tensor Apply(Tensor x, Tensor matrix, Tensor? bias)
    {
        long batch = x.shape[0];
        long positions = x.shape[1];
        Tensor rows = x.reshape(batch * positions, x.shape[2]);
        Tensor result = bias is null ? rows.matmul(matrix) : bias.addmm(rows, matrix);
        return result.reshape(batch, positions, matrix.shape[1]);
    }
}
