using System.Numerics;
using TorchSharp.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>RMSProp: steps of the gradient over a running root mean square of it.</summary>
public partial class RMSProp : OptimizerHelper, IMomentum
{
    public RMSProp(IEnumerable<Parameter> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0.0, bool centered = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, alpha, eps, weight_decay, momentum, centered, maximize)
    {
    }

    public RMSProp(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0.0, bool centered = false, bool maximize = false)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
        if (alpha < 0) throw new ArgumentException($"Invalid alpha: {alpha}");
        if (momentum < 0) throw new ArgumentException($"Invalid momentum value: {momentum}");
        if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            alpha = alpha,
            eps = eps,
            weight_decay = weight_decay,
            momentum = momentum,
            centered = centered,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters) add_param_group(group);
    }

    public double Momentum
    {
        get => Defaults.momentum!.Value;
        set => Defaults.momentum = value;
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
        o.maximize ??= Defaults.maximize;
        o.momentum ??= Defaults.momentum;
        o.alpha ??= Defaults.alpha;
        o.eps ??= Defaults.eps;
        o.weight_decay ??= Defaults.weight_decay;
        o.centered ??= Defaults.centered;
        Add(param_group, parameter => new State(parameter));
    }

    private void Update(ParamGroup group, Parameter parameter)
    {
        if (parameter.grad is not { } gradient) return;
        Options o = group.Options;
        var state = (State)_state[parameter];
        state.step++;
        if (ParameterUpdate.IsDouble(parameter)) ParameterUpdate.Run<double, RmsPropStep<double>>(nameof(RMSProp), parameter, gradient, state.square_avg, state.grad_avg, state.momentum_buffer, Step<double>());
        else ParameterUpdate.Run<float, RmsPropStep<float>>(nameof(RMSProp), parameter, gradient, state.square_avg, state.grad_avg, state.momentum_buffer, Step<float>());

        RmsPropStep<T> Step<T>()
            where T : unmanaged, INumber<T> =>
            new(
                group.LearningRate, o.alpha!.Value, o.eps!.Value, o.weight_decay!.Value, o.momentum!.Value, o.centered!.Value,
                o.maximize!.Value ? -1 : 1);
    }
}
