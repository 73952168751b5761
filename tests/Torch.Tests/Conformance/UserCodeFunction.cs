using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Conformance;

/// <summary>Rounds forward; backward lets the gradient through as if it had not.</summary>
internal sealed class UserCodeFunction : autograd.SingleTensorFunction<UserCodeFunction>
{
    public override string Name => "RoundThrough";

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = (Tensor)vars[0];
        ctx.save_data("scale", vars[1]);
        return x.round();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        [grad_output * (double)ctx.get_data("scale"), null!];
}
