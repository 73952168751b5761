using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class RMSProp
{
    /// <summary>What is remembered of one parameter from step to step.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor square_avg = null!;
        public Tensor momentum_buffer = null!;
        public Tensor grad_avg = null!;

        public State(Parameter parameter)
            : base(parameter)
        {
        }

        public void Dispose()
        {
            square_avg?.Dispose();
            momentum_buffer?.Dispose();
            grad_avg?.Dispose();
        }

        public override void Initialize(OptimizerOptions options)
        {
            Dispose();
            step = 0;
            square_avg = zeros_like(_parameter).DetachFromDisposeScope();
            momentum_buffer = zeros_like(_parameter).DetachFromDisposeScope();
            grad_avg = zeros_like(_parameter).DetachFromDisposeScope();
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var state = (State)source;
            Dispose();
            step = state.step;
            square_avg = state.square_avg.to(_parameter.device, copy: true).DetachFromDisposeScope();
            momentum_buffer = state.momentum_buffer.to(_parameter.device, copy: true).DetachFromDisposeScope();
            grad_avg = state.grad_avg.to(_parameter.device, copy: true).DetachFromDisposeScope();
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            square_avg.Load(reader);
            LoadConditionalStateTensor(reader, ref momentum_buffer!, _parameter.device);
            LoadConditionalStateTensor(reader, ref grad_avg!, _parameter.device);
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            square_avg.Save(writer);
            SaveConditionalStateTensor(writer, momentum_buffer);
            SaveConditionalStateTensor(writer, grad_avg);
        }

        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state &&
            step == state.step &&
            square_avg.allclose(state.square_avg) &&
            momentum_buffer.allclose(state.momentum_buffer) &&
            grad_avg.allclose(state.grad_avg);

        public override void to(Device device)
        {
            square_avg = square_avg.to(device).DetachFromDisposeScope();
            momentum_buffer = momentum_buffer.to(device).DetachFromDisposeScope();
            grad_avg = grad_avg.to(device).DetachFromDisposeScope();
        }
    }
}
