using System.Collections.Immutable;
using CircuitSpecs.Statistics;
using MathNet.Numerics.LinearAlgebra;

namespace CircuitSpecs.Analysis;

/// <summary>
/// A linear probe: logistic regression with an L2 penalty on standardised features, ½‖w‖² + C Σ ln(1 + exp(−s (w·x + b))),
/// s = ±1, the intercept b unpenalised (scikit-learn's convention), solved by Newton's method to the end. That a probe
/// reads something shows that it is there to be read, not that the model uses it.
/// </summary>
public sealed class LinearProbe
{
    private const int MostSteps = 200;
    private const double GradientTolerance = 1e-10;

    private LinearProbe(double[] mean, double[] scale, double[] weights, double intercept, double objective) =>
        (Mean, Scale, Weights, Intercept, Objective) = ([.. mean], [.. scale], [.. weights], intercept, objective);

    /// <summary>The features' means over the training rows.</summary>
    public ImmutableArray<double> Mean { get; }

    /// <summary>The features' standard deviations over the training rows (n in the denominator); 1 for a constant feature.</summary>
    public ImmutableArray<double> Scale { get; }

    /// <summary>w, for standardised features.</summary>
    public ImmutableArray<double> Weights { get; }

    /// <summary>b.</summary>
    public double Intercept { get; }

    /// <summary>What was minimised, at the minimum.</summary>
    public double Objective { get; }

    /// <summary>The direction w / scale in the features' own units, along which the score rises fastest per unit of w.</summary>
    public ImmutableArray<double> Direction => [.. Weights.Zip(Scale, (weight, scale) => weight / scale)];

    /// <summary>Fits a probe.</summary>
    /// <param name="features">[row][feature], for example from <see cref="ActivationMatrix"/>; all finite and of one length.</param>
    /// <param name="labels">One per row; both kinds have to occur.</param>
    /// <param name="c">C: the smaller, the stronger the penalty.</param>
    /// <exception cref="ArgumentException">Lengths differ, a feature is not finite, or all labels are the same.</exception>
    public static LinearProbe Fit(IReadOnlyList<double[]> features, IReadOnlyList<bool> labels, double c = 1)
    {
        Check(features, labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(c);
        int width = features[0].Length;
        double[] mean = [.. Enumerable.Range(0, width).Select(j => features.Average(row => row[j]))];
        double[] scale = [.. Enumerable.Range(0, width).Select(j => Math.Sqrt(features.Average(row => (row[j] - mean[j]) * (row[j] - mean[j]))))];

        // What rounding leaves of a constant is no spread.
        scale = [.. scale.Select((value, j) => value > 1e-14 * Math.Abs(mean[j]) && value > 0 ? value : 1)];
        Matrix<double> x = Matrix<double>.Build.Dense(features.Count, width + 1, (row, j) => j == width ? 1 : (features[row][j] - mean[j]) / scale[j]);
        Vector<double> signs = Vector<double>.Build.Dense(labels.Count, row => labels[row] ? 1.0 : -1);
        Vector<double> w = Newton(x, signs, c);
        return new LinearProbe(mean, scale, [.. w.Take(width)], w[width], Value(x, signs, c, w));
    }

    /// <summary>w·x + b: above zero where the probe says yes.</summary>
    /// <param name="row">The features of one row, not standardised.</param>
    public double Score(IReadOnlyList<double> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Count != Weights.Length)
        {
            throw new ArgumentException($"The probe reads {Weights.Length} features; this row has {row.Count}.", nameof(row));
        }

        double score = Intercept;
        for (int j = 0; j < Weights.Length; j++)
        {
            score += Weights[j] * (row[j] - Mean[j]) / Scale[j];
        }

        return score;
    }

    /// <summary>1 for each row that the probe gets right, else 0; its mean is the accuracy.</summary>
    /// <param name="features">[row][feature].</param>
    /// <param name="labels">One per row.</param>
    public PerPrompt Correct(IReadOnlyList<double[]> features, IReadOnlyList<bool> labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        return features.Count == labels.Count
            ? new PerPrompt(features.Zip(labels, (row, label) => Score(row) > 0 == label ? 1.0 : 0))
            : throw new ArgumentException($"There are {features.Count} rows and {labels.Count} labels; every row needs one.", nameof(labels));
    }

    internal static void Check(IReadOnlyList<double[]> features, IReadOnlyList<bool> labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        if (features.Count != labels.Count)
        {
            throw new ArgumentException($"There are {features.Count} rows and {labels.Count} labels; every row needs one.", nameof(labels));
        }

        if (!labels.Contains(true) || !labels.Contains(false))
        {
            throw new ArgumentException($"All {labels.Count} labels are {(labels.Count > 0 ? labels[0] : "missing")}: a probe needs rows of both kinds.", nameof(labels));
        }

        int odd = Enumerable.Range(0, features.Count).FirstOrDefault(row => features[row].Length != features[0].Length || features[row].Any(value => !double.IsFinite(value)), -1);
        if (odd >= 0 || features[0].Length == 0)
        {
            throw new ArgumentException($"Row {Math.Max(odd, 0)} has {features[Math.Max(odd, 0)].Length} features, and the first row {features[0].Length}; all rows need the same number of finite ones, at least one.", nameof(features));
        }
    }

    private static Vector<double> Newton(Matrix<double> x, Vector<double> signs, double c)
    {
        int width = x.ColumnCount;
        Vector<double> w = Vector<double>.Build.Dense(width);
        double value = Value(x, signs, c, w);
        for (int step = 0; step < MostSteps; step++)
        {
            Vector<double> wrong = (x * w).PointwiseMultiply(signs).Map(margin => Sigmoid(-margin), Zeros.Include);
            Vector<double> gradient = x.TransposeThisAndMultiply(wrong.PointwiseMultiply(signs)) * -c;
            for (int j = 0; j < width - 1; j++)
            {
                gradient[j] += w[j];
            }

            if (gradient.L2Norm() <= GradientTolerance)
            {
                return w;
            }

            Vector<double> curvature = wrong.Map(p => Math.Sqrt(c * p * (1 - p)), Zeros.Include);
            Matrix<double> weighted = x.MapIndexed((row, _, entry) => entry * curvature[row], Zeros.Include);
            Matrix<double> hessian = weighted.TransposeThisAndMultiply(weighted);
            for (int j = 0; j < width - 1; j++)
            {
                hessian[j, j] += 1;
            }

            Vector<double> move = hessian.Cholesky().Solve(gradient);
            double length = 1;
            double next = Value(x, signs, c, w - move);
            while (!(next <= value) && length > 1e-12)
            {
                length /= 2;
                next = Value(x, signs, c, w - (length * move));
            }

            // No smaller value within rounding: this is the minimum.
            if (!(next <= value) || move.L2Norm() * length <= 1e-14 * (1 + w.L2Norm()))
            {
                return w;
            }

            w -= length * move;
            value = next;
        }

        throw new InvalidOperationException($"The probe did not converge in {MostSteps} steps of Newton's method: the features are badly scaled, or C ({c}) is too large.");
    }

    private static double Value(Matrix<double> x, Vector<double> signs, double c, Vector<double> w)
    {
        double penalty = w.Take(w.Count - 1).Sum(weight => weight * weight) / 2;
        Vector<double> margins = (x * w).PointwiseMultiply(signs);
        return penalty + (c * margins.Sum(margin => margin > 0 ? Math.Log(1 + Math.Exp(-margin)) : Math.Log(1 + Math.Exp(margin)) - margin));
    }

    private static double Sigmoid(double z) => z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z));
}
