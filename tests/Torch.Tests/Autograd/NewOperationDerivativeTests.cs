using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Autograd;

/// <summary>Derivatives that need inputs of a kind that the table of gradients does not draw.</summary>
public sealed class NewOperationDerivativeTests
{
    [Test]
    public void Covariances_and_correlations_of_several_variables()
    {
        Tensor x = tensor(new double[,] { { 1, 2.5, -0.5, 3 }, { 0.3, -1, 2, 1.1 }, { 4, 0.2, 0.7, -2 } });
        FiniteDifference.Check(t => t[0].cov(), x);
        FiniteDifference.Check(t => t[0].mT.cov(0), x);
        FiniteDifference.Check(t => t[0].cov(fweights: tensor(new long[] { 1, 2, 1, 3 }), aweights: tensor(new[] { 0.5, 0.2, 0.1, 1 })), x);
        FiniteDifference.Check(t => t[0].corrcoef(), x);
    }

    [Test]
    public void Statistics_pass_over_what_is_not_a_number()
    {
        Tensor gaps = tensor(new[] { 1, double.NaN, 3, 2, double.NaN });
        Tensor x = gaps.detach().requires_grad_();
        foreach ((Tensor result, double[] expected) in new[]
        {
            (x.nanmean(), [1 / 3.0, 0, 1 / 3.0, 1 / 3.0, 0]),
            (x.nanmedian(), new double[] { 0, 0, 0, 1, 0 }),
            (x.nanquantile(tensor(0.75)), [0, 0, 0.5, 0.5, 0]),
        })
            Samples.ShouldBe(autograd.grad([result], [x])[0], [5], expected, 1e-12);
    }
}
