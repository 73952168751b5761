using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>What <see cref="ResidualStatistics"/> adds up, token by token, in float64.</summary>
internal sealed class ResidualSums(int width, int longest)
{
    private readonly double[] norms = new double[longest];
    private readonly int[] tokens = new int[longest];
    private readonly Moments[] dimensions = [.. Enumerable.Range(0, width).Select(_ => new Moments())];
    private readonly double[] sum = new double[width];
    private readonly double[] sumOfFirst = new double[width];
    private readonly double[] products = new double[width * width];
    private readonly double[] productsOfFirst = new double[width * width];
    private double kurtosis;

    /// <summary>Adds the tokens of a batch, [row · length + position][dimension].</summary>
    public void Add(float[] values, int length)
    {
        int count = values.Length / width;
        for (int token = 0; token < count; token++)
        {
            ReadOnlySpan<float> row = values.AsSpan(token * width, width);
            int position = token % length;
            norms[position] += Math.Sqrt(ResidualStatistics.Dot(row, row));
            tokens[position]++;
            var own = new Moments();
            for (int dimension = 0; dimension < width; dimension++)
            {
                own.Add(row[dimension]);
                dimensions[dimension].Add(row[dimension]);
                sum[dimension] += row[dimension];
                sumOfFirst[dimension] += position == 0 ? row[dimension] : 0;
            }

            kurtosis += own.Kurtosis;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor all = tensor(values, [count / length, length, width]).to_type(ScalarType.Float64);
        AddProducts(products, all.reshape(count, width));
        AddProducts(productsOfFirst, all.select(1, 0));
    }

    public ResidualStatistics Statistics(int point)
    {
        int count = tokens.Sum();
        return new ResidualStatistics(
            point,
            norms.Sum() / count,
            [.. norms.Zip(tokens, (norm, number) => norm / number)],
            norms.Skip(1).Sum() / tokens.Skip(1).Sum(),
            Participation(sum, products, count),
            Participation([.. sum.Zip(sumOfFirst, (a, b) => a - b)], [.. products.Zip(productsOfFirst, (a, b) => a - b)], count - tokens[0]),
            kurtosis / count,
            [.. dimensions.Select(dimension => dimension.Kurtosis)]);
    }

    private static void AddProducts(double[] into, Tensor rows)
    {
        double[] added = rows.transpose(0, 1).matmul(rows).contiguous().data<double>().ToArray();
        for (int index = 0; index < into.Length; index++)
        {
            into[index] += added[index];
        }
    }

    /// <summary>(tr C)² / ‖C‖², which is (Σλ)²/Σλ² without the eigenvalues.</summary>
    private static double Participation(double[] sum, double[] products, int count)
    {
        int width = sum.Length;
        double trace = 0;
        double squares = 0;
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < width; j++)
            {
                double covariance = (products[(i * width) + j] / count) - (sum[i] / count * (sum[j] / count));
                trace += i == j ? covariance : 0;
                squares += covariance * covariance;
            }
        }

        return trace * trace / squares;
    }
}
