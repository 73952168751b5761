using System.Numerics;
using TorchSharp.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Adagrad: steps of the gradient over the root of the sum of its squares so far.</summary>
public partial class Adagrad : OptimizerHelper
{
    public Adagrad(IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
        : this([new ParamGroup { Parameters = parameters }], lr, lr_decay, weight_decay, initial_accumulator_value, eps)
    {
    }

    public Adagrad(IEnumerable<ParamGroup> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
        if (lr_decay < 0) throw new ArgumentException($"Invalid lr_decay value: {lr_decay}");
        if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        if (initial_accumulator_value < 0) throw new ArgumentException($"Invalid initial_accumulator_value: {initial_accumulator_value}");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            lr_decay = lr_decay,
            weight_decay = weight_decay,
            initial_accumulator_value = initial_accumulator_value,
            eps = eps,
        };
        foreach (ParamGroup group in parameters) add_param_group(group);
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
        o.lr_decay ??= Defaults.lr_decay;
        o.initial_accumulator_value ??= Defaults.initial_accumulator_value;
        o.eps ??= Defaults.eps;
        o.weight_decay ??= Defaults.weight_decay;
        Add(param_group, parameter => new State(parameter));
    }

    private void Update(ParamGroup group, Parameter parameter)
    {
        if (parameter.grad is not { } gradient) return;
        Options o = group.Options;
        var state = (State)_state[parameter];
        state.step++;
        double rate = group.LearningRate / (1 + (state.step - 1) * o.lr_decay!.Value);
        if (ParameterUpdate.IsDouble(parameter)) ParameterUpdate.Run<double, AdagradStep<double>>(nameof(Adagrad), parameter, gradient, state.sum, null, null, Step<double>());
        else ParameterUpdate.Run<float, AdagradStep<float>>(nameof(Adagrad), parameter, gradient, state.sum, null, null, Step<float>());

        AdagradStep<T> Step<T>()
            where T : unmanaged, INumber<T> =>
            new(rate, o.weight_decay!.Value, o.eps!.Value);
    }
}
