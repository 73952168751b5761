using TorchSharp.Autograd;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>The gradients of the inputs, which are not accumulated anywhere.</summary>
        public static IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            Edge[] targets = Targets("grad", inputs);
            Tensor?[] found = Run("grad", outputs, grad_outputs, targets, retain_graph || create_graph, create_graph);
            for (int i = 0; i < found.Length; i++)
            {
                if (found[i] is not null || allow_unused) continue;
                foreach (Tensor? t in found) t?.Dispose();
                throw new TorchException("grad", $"One of the differentiated Tensors appears to not have been used in the graph: input {i} of shape {Shapes.Text(inputs[i].shape)}. Set allow_unused=True if this is the desired behavior.");
            }

            return Array.ConvertAll(found, t => t?.AsTracked())!;
        }

        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            bool keep = retain_graph ?? create_graph;
            if (inputs is null)
            {
                Run("backward", tensors, grad_tensors, null, keep, create_graph);
                return;
            }

            if (inputs.Count == 0) throw new TorchException("backward", "'inputs' argument to backward() cannot be empty.");
            Tensor?[] found = Run("backward", tensors, grad_tensors, Targets("backward", inputs), keep, create_graph);
            for (int i = 0; i < found.Length; i++)
            {
                if (found[i] is not { } gradient) continue;
                inputs[i].AccumulateGradient(gradient, create_graph);
                gradient.Dispose();
            }
        }

        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        public static AnomalyMode detect_anomaly(bool check_nan = true) => new(true, check_nan);

        public static AnomalyMode set_detect_anomaly(bool mode, bool check_nan = true) => new(mode, check_nan);

        private static Edge[] Targets(string operation, IList<Tensor> inputs)
        {
            var targets = new Edge[inputs.Count];
            for (int i = 0; i < targets.Length; i++)
            {
                targets[i] = inputs[i].GradientEdge();
                if (targets[i].Node is null)
                    throw new TorchException(operation, $"One of the differentiated Tensors does not require grad: input {i} of shape {Shapes.Text(inputs[i].shape)}");
            }

            return targets;
        }

        private static Tensor?[] Run(string operation, IList<Tensor> outputs, IList<Tensor>? gradients, Edge[]? targets, bool keepGraph, bool createGraph)
        {
            if (gradients is not null && gradients.Count != outputs.Count)
                throw new TorchException(operation, $"got {outputs.Count} tensors and {gradients.Count} gradients");
            using DisposeScope scope = NewDisposeScope();
            var roots = new Edge[outputs.Count];
            var seeds = new Tensor[outputs.Count];
            for (int i = 0; i < roots.Length; i++)
            {
                Tensor output = outputs[i];
                roots[i] = output.GradientEdge();
                if (roots[i].Node is null)
                    throw new TorchException(operation, $"element {i} of tensors does not require grad and does not have a grad_fn (shape {Shapes.Text(output.shape)})");
                if (gradients?[i] is { } seed)
                {
                    if (!seed.shape.AsSpan().SequenceEqual(output._sizes))
                        throw new TorchException(operation, $"Mismatch in shape: grad_output[{i}] has a shape of {Shapes.Text(seed._sizes)} and output[{i}] has a shape of {Shapes.Text(output._sizes)}.");
                    seeds[i] = seed;
                }
                else
                {
                    if (output.numel() != 1)
                        throw new TorchException(operation, $"grad can be implicitly created only for scalar outputs, but output {i} has shape {Shapes.Text(output._sizes)}");
                    seeds[i] = output.ones_like();
                }
            }

            return Engine.Run(roots, seeds, targets, keepGraph, createGraph);
        }
    }
}
