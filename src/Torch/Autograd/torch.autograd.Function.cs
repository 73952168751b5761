using TorchSharp.Autograd;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>An operation with a derivative of one's own; see its two descendants.</summary>
        public abstract class Function<T> where T : Function<T>, new()
        {
            internal static T Instance { get; set; } = new();

            public abstract string Name { get; }

            /// <summary>Runs forward unrecorded and makes backward its derivative. Only arguments that are tensors themselves take part.</summary>
            public static List<Tensor> apply_internal(params object[] vars)
            {
                T function = Instance;
                Tensor?[] inputs = Array.ConvertAll(vars, v => v as Tensor);
                bool recorded = Derivative.Wanted(inputs);
                var context = new AutogradContext();
                List<Tensor> outputs;
                using (no_grad()) outputs = function.forward_internal(context, vars);
                if (!recorded)
                {
                    context.Dispose();
                    return outputs;
                }

                // An input handed through is a new output, not the input itself.
                for (int i = 0; i < outputs.Count; i++)
                    if (Array.Exists(inputs, t => ReferenceEquals(t, outputs[i])) && !context.DirtyTensors.Contains(outputs[i])) outputs[i] = outputs[i].detach();
                var node = new FunctionNode(function.Name, inputs, context, function.backward_internal);
                foreach (Tensor output in outputs) node.AddOutput(output);
                context.Save(node, outputs);
                for (int i = 0; i < outputs.Count; i++)
                    if (outputs[i].dtype.IsFloat() && !context.NonDifferentiableTensors.Contains(outputs[i])) outputs[i].SetProducer(node, i);
                return outputs;
            }

            internal abstract List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs);

            internal abstract List<Tensor> forward_internal(AutogradContext ctx, params object[] vars);
        }
    }
}
