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
        Tensor? gradient = parameter.grad;
        if (gradient is null) return;
        Options o = group.Options;
        var state = (State)_state[parameter];
        if (o.weight_decay is { } decay and not 0) gradient = gradient.add(parameter, alpha: decay);
        if (o.momentum is { } momentum and not 0)
        {
            if (state.momentum_buffer is null) state.momentum_buffer = gradient.detach().clone().DetachFromDisposeScope();
            else state.momentum_buffer.mul_(momentum).add_(gradient, alpha: 1 - o.dampening!.Value);
            gradient = o.nesterov!.Value ? gradient.add(state.momentum_buffer, alpha: momentum) : state.momentum_buffer;
        }

        double lr = group.LearningRate;
        parameter.add_(gradient, alpha: o.maximize!.Value ? lr : -lr);
    }
}
