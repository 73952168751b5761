using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Autograd;

/// <summary>
/// Compares what backward gives with central differences in float64: the gradient of a random weighting of the
/// function's results, so that no two elements of a result can stand in for each other.
/// </summary>
internal static class FiniteDifference
{
    private const double Step = 1e-6;

    /// <summary>The largest difference, relative to the size of the gradient; the inputs may be views of any layout.</summary>
    public static void Check(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] leaves = Array.ConvertAll(inputs, t => t.detach().requires_grad_());
        Tensor result = function(leaves);
        result.requires_grad.Should().BeTrue("the function is differentiable");
        Tensor weights = Weights(result.shape);
        IList<Tensor> gradients = autograd.grad([result], leaves, [weights], allow_unused: true);
        for (int i = 0; i < leaves.Length; i++)
        {
            double[] measured = Numeric(function, leaves, i, weights);
            double[] claimed = gradients[i] is null ? new double[measured.Length] : Samples.Values(gradients[i]);
            if (gradients[i] is not null) gradients[i].shape.Should().Equal(leaves[i].shape);
            claimed.Should().HaveCount(measured.Length);
            for (int k = 0; k < measured.Length; k++)
            {
                double allowed = 2e-5 * Math.Max(1, Math.Abs(measured[k]));
                if (!(Math.Abs(claimed[k] - measured[k]) <= allowed))
                    Assert.Fail($"input {i} [{string.Join(", ", leaves[i].shape)}], element {k}: backward gives {claimed[k]:R}, the difference quotient {measured[k]:R}");
            }
        }
    }

    private static double[] Numeric(Func<Tensor[], Tensor> function, Tensor[] leaves, int which, Tensor weights)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double[] start = Samples.Values(leaves[which]);
        var slopes = new double[start.Length];
        for (int k = 0; k < start.Length; k++) slopes[k] = (At(k, Step) - At(k, -Step)) / (2 * Step);
        return slopes;

        double At(int element, double shift)
        {
            using DisposeScope inner = NewDisposeScope();
            double[] moved = (double[])start.Clone();
            moved[element] += shift;
            Tensor[] arguments = (Tensor[])leaves.Clone();
            arguments[which] = tensor(moved, leaves[which].shape);
            return function(Array.ConvertAll(arguments, a => a.detach())).mul(weights).sum().item<double>();
        }
    }

    private static Tensor Weights(long[] shape)
    {
        long n = shape.Aggregate(1L, (a, b) => a * b);
        var values = new double[n];
        var random = new Random(17);
        for (int i = 0; i < values.Length; i++) values[i] = 0.5 + random.NextDouble();
        return tensor(values, shape);
    }
}
