using System.Numerics;
using TorchSharp.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent, with momentum if asked for.</summary>
public partial class SGD : OptimizerHelper, IMomentum
{
    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (momentum < 0) throw new ArgumentException($"Invalid momentum value: {momentum}");
        if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        if (nesterov && (momentum <= 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            momentum = momentum,
            dampening = dampening,
            weight_decay = weight_decay,
            nesterov = nesterov,
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
        o.momentum ??= Defaults.momentum;
        o.dampening ??= Defaults.dampening;
        o.weight_decay ??= Defaults.weight_decay;
        o.nesterov ??= Defaults.nesterov;
        o.maximize ??= Defaults.maximize;
        Add(param_group, parameter => new State(parameter));
    }

    private void Update(ParamGroup group, Parameter parameter)
    {
        if (parameter.grad is not { } gradient) return;
        Options o = group.Options;
        var state = (State)_state[parameter];
        double momentum = o.momentum!.Value, rate = o.maximize!.Value ? group.LearningRate : -group.LearningRate;
        bool begins = momentum != 0 && state.momentum_buffer is null;
        if (begins) state.momentum_buffer = empty_like(parameter).DetachFromDisposeScope();
        if (ParameterUpdate.IsDouble(parameter)) ParameterUpdate.Run<double, SgdStep<double>>(nameof(SGD), parameter, gradient, state.momentum_buffer, null, null, Step<double>());
        else ParameterUpdate.Run<float, SgdStep<float>>(nameof(SGD), parameter, gradient, state.momentum_buffer, null, null, Step<float>());

        SgdStep<T> Step<T>()
            where T : unmanaged, INumber<T> =>
            new(rate, o.weight_decay!.Value, momentum, 1 - o.dampening!.Value, begins, o.nesterov!.Value);
    }
}
