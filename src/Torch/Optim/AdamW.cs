using System.Numerics;
using TorchSharp.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Adam with weight decay apart from the gradient: the parameter shrinks by lr · weight_decay. The default is no decay, unlike PyTorch.</summary>
public partial class AdamW : OptimizerHelper, IBetas
{
    public AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public AdamW(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
        if (beta1 is < 0 or >= 1) throw new ArgumentException($"Invalid beta1: {beta1}");
        if (beta2 is < 0 or >= 1) throw new ArgumentException($"Invalid beta2: {beta2}");
        if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            beta1 = beta1,
            beta2 = beta2,
            eps = eps,
            weight_decay = weight_decay,
            amsgrad = amsgrad,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters) add_param_group(group);
    }

    public (double, double) Betas
    {
        get => (Defaults.beta1!.Value, Defaults.beta2!.Value);
        set => (Defaults.beta1, Defaults.beta2) = value;
    }

    private Options Defaults => (Options)_defaults!;

    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(
        group =>
        {
            foreach (Parameter parameter in group.Parameters!) Update(group, parameter);
        },
        closure);

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var o = (Options)(param_group.Options ??= new Options());
        o.LearningRate ??= Defaults.LearningRate;
        o.InitialLearningRate = o.LearningRate!.Value;
        o.beta1 ??= Defaults.beta1;
        o.beta2 ??= Defaults.beta2;
        o.eps ??= Defaults.eps;
        o.weight_decay ??= Defaults.weight_decay;
        o.amsgrad ??= Defaults.amsgrad;
        o.maximize ??= Defaults.maximize;
        Add(param_group, parameter => new State(parameter));
    }

    private void Update(ParamGroup group, Parameter parameter)
    {
        if (parameter.grad is not { } gradient) return;
        Options o = group.Options;
        var state = (State)_state[parameter];
        state.step++;
        if (ParameterUpdate.IsDouble(parameter)) ParameterUpdate.Run<double, AdamStep<double>>(nameof(AdamW), parameter, gradient, state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq, Step<double>());
        else ParameterUpdate.Run<float, AdamStep<float>>(nameof(AdamW), parameter, gradient, state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq, Step<float>());

        AdamStep<T> Step<T>()
            where T : unmanaged, INumber<T> =>
            new(
                1 - group.LearningRate * o.weight_decay!.Value, 0, o.maximize!.Value ? -1 : 1, o.beta1!.Value, o.beta2!.Value,
                o.eps!.Value, group.LearningRate, state.step, state.max_exp_avg_sq is not null);
    }
}
