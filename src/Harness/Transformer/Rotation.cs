using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>Rotates queries and keys by position. The table of angles is computed in float64 once and kept as float32.</summary>
internal sealed class Rotation(RotaryEmbedding rotary, int context) : IDisposable
{
    private readonly Lazy<(Tensor Cosines, Tensor Sines)> table = new(() => Table(rotary, context));

    /// <summary>Rotates the first dimensions of every head.</summary>
    /// <param name="x">[batch, pos, head, d_head].</param>
    /// <param name="positions">Where the tokens stand.</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor x, RunPositions positions)
    {
        (Tensor cosines, Tensor sines) = (Rows(table.Value.Cosines, positions), Rows(table.Value.Sines, positions));
        int dimensions = rotary.Dimensions;
        Tensor turning = x.narrow(3, 0, dimensions);
        Tensor turned;
        if (rotary.AdjacentPairs)
        {
            Tensor pairs = turning.reshape(x.shape[0], x.shape[1], x.shape[2], dimensions / 2, 2);
            (Tensor a, Tensor b) = (pairs.select(4, 0), pairs.select(4, 1));
            turned = stack([(a * cosines) - (b * sines), (b * cosines) + (a * sines)], 4).reshape(turning.shape);
        }
        else
        {
            (Tensor a, Tensor b) = (turning.narrow(3, 0, dimensions / 2), turning.narrow(3, dimensions / 2, dimensions / 2));
            turned = cat([(a * cosines) - (b * sines), (b * cosines) + (a * sines)], 3);
        }

        long rest = x.shape[3] - dimensions;
        return rest == 0 ? turned : cat([turned, x.narrow(3, dimensions, rest)], 3);
    }

    public void Dispose()
    {
        if (table.IsValueCreated)
        {
            table.Value.Cosines.Dispose();
            table.Value.Sines.Dispose();
        }
    }

    /// <summary>[pos, 1, pairs] or [batch, pos, 1, pairs].</summary>
    private static Tensor Rows(Tensor table, RunPositions positions) => positions.PaddedIndices is Tensor indices
        ? table.index_select(0, indices.reshape(-1)).reshape(indices.shape[0], positions.Queries, 1, table.shape[1])
        : table.narrow(0, positions.Past, positions.Queries).unsqueeze(1);

    private static (Tensor Cosines, Tensor Sines) Table(RotaryEmbedding rotary, int context)
    {
        double[] frequencies = rotary.Frequencies();
        float[] cosines = new float[context * frequencies.Length];
        float[] sines = new float[context * frequencies.Length];
        for (int position = 0, at = 0; position < context; position++)
        {
            foreach (double frequency in frequencies)
            {
                (sines[at], cosines[at]) = ((float)Math.Sin(position * frequency), (float)Math.Cos(position * frequency));
                at++;
            }
        }

        using DisposeScope scope = NewDisposeScope();
        return (tensor(cosines, [context, frequencies.Length]).DetachFromDisposeScope(), tensor(sines, [context, frequencies.Length]).DetachFromDisposeScope());
    }
}
