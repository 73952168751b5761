using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>What the optimizers share: the walk over the groups, and their state in memory and in files.</summary>
public abstract class OptimizerHelper : Optimizer
{
    protected OptimizerOptions? _defaults;
    private protected readonly Dictionary<Parameter, OptimizerState> _state = new(ReferenceEqualityComparer.Instance);

    public OptimizerHelper()
    {
    }

    public override IEnumerable<Parameter> parameters() => base.parameters();

    public override void zero_grad() => base.zero_grad();

    public override void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

    /// <summary>The state of this optimizer, one entry a group and one a parameter, in their order.</summary>
    public virtual StateDictionary state_dict()
    {
        var result = new StateDictionary();
        foreach (ParamGroup group in _parameter_groups)
        {
            result.Options.Add(group.Options!);
            var indices = new List<int>();
            foreach (Parameter parameter in group.Parameters!)
            {
                indices.Add(result.State.Count);
                result.State.Add(_state[parameter]);
            }

            result.StateIndexRef.Add(indices);
        }

        return result;
    }

    public virtual void load_state_dict(StateDictionary state_dict)
    {
        StateDictionary own = this.state_dict();
        CheckCounts(own, state_dict.Options.Count, state_dict.State.Count);
        foreach ((OptimizerOptions mine, OptimizerOptions source) in own.Options.Zip(state_dict.Options))
            if (mine != source) mine.LoadStateDict(source);
        foreach ((OptimizerState mine, OptimizerState source) in own.State.Zip(state_dict.State))
            if (mine != source) mine.LoadStateDict(source);
    }

    public void save_state_dict(string location)
    {
        using FileStream stream = File.Create(location);
        using var writer = new BinaryWriter(stream);
        save_state_dict(writer);
    }

    public void save_state_dict(BinaryWriter writer)
    {
        StateDictionary own = state_dict();
        writer.Write(GetType().Name);
        writer.WriteLength(own.Options.Count);
        writer.WriteLength(own.State.Count);
        foreach (OptimizerOptions options in own.Options) options.SaveStateDict(writer);
        foreach (OptimizerState state in own.State) state.SaveStateDict(writer);
    }

    public void load_state_dict(string location)
    {
        using FileStream stream = File.OpenRead(location);
        using var reader = new BinaryReader(stream);
        load_state_dict(reader);
    }

    public void load_state_dict(BinaryReader reader)
    {
        string name = reader.ReadString();
        if (name != GetType().Name)
            throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{name}' in the loaded stream.");
        StateDictionary own = state_dict();
        CheckCounts(own, reader.ReadLength(), reader.ReadLength());
        foreach (OptimizerOptions options in own.Options) options.LoadStateDict(reader);
        foreach (OptimizerState state in own.State) state.LoadStateDict(reader);
    }

    public void to(Device device)
    {
        foreach (OptimizerState state in _state.Values) state.to(device);
    }

    /// <summary>Runs the closure with gradients, then the body on every group without.</summary>
    protected Tensor? _step<T>(Action<T> body, Func<Tensor>? loss_closure = null)
        where T : ParamGroup
    {
        Tensor? loss = null;
        if (loss_closure is not null)
        {
            using IDisposable on = enable_grad();
            loss = loss_closure();
        }

        using IDisposable off = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (ParamGroup group in _parameter_groups) body((T)group);
        return loss;
    }

    /// <summary>Takes up a group whose options are complete.</summary>
    private protected void Add(ParamGroup group, Func<Parameter, OptimizerState> state)
    {
        _parameter_groups.Add(group);
        foreach (Parameter parameter in group.Parameters!)
        {
            OptimizerState memory = state(parameter);
            memory.Initialize(group.Options!);
            _state[parameter] = memory;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        foreach (OptimizerState state in _state.Values) (state as IDisposable)?.Dispose();
    }

    private static void CheckCounts(StateDictionary own, long options, long states)
    {
        if (options != own.Options.Count) throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
        if (states != own.State.Count) throw new ArgumentException("Invalid optimizer state -- different number of states.");
    }
}
