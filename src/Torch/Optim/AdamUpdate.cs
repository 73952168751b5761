using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The step of Adam and AdamW once weight decay has been dealt with.</summary>
internal static class AdamUpdate
{
    public static void Apply(
        Parameter parameter, Tensor gradient, Tensor mean, Tensor square, Tensor? largest,
        double beta1, double beta2, double eps, double lr, long step)
    {
        double correction1 = 1 - Math.Pow(beta1, step), correction2 = Math.Sqrt(1 - Math.Pow(beta2, step));
        mean.mul_(beta1).add_(gradient, alpha: 1 - beta1);
        square.mul_(beta2).addcmul_(gradient, gradient, value: 1 - beta2);
        if (largest is not null) largest.copy_(maximum(largest, square));
        Tensor scale = (largest ?? square).sqrt().div_(correction2).add_(eps);
        parameter.addcdiv_(mean, scale, value: -lr / correction1);
    }
}
