using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class utils
        {
            /// <summary>Scales the gradients together so that the norm of all of them, taken as one vector, is at most the given one.</summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using IDisposable mode = no_grad();
                using DisposeScope scope = NewDisposeScope();
                List<Tensor> gradients = Gradients(tensors);
                if (gradients.Count == 0) return 0;
                double total = linalg.vector_norm(stack(gradients.ConvertAll(g => linalg.vector_norm(g, norm_type))), norm_type).ToDouble();
                double scale = Math.Min(max_norm / (total + 1e-6), 1);
                foreach (Tensor gradient in gradients) gradient.mul_(scale);
                return total;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using IDisposable mode = no_grad();
                using DisposeScope scope = NewDisposeScope();
                foreach (Tensor gradient in Gradients(tensors)) gradient.clamp_(-clip_value, clip_value);
            }

            /// <summary>The elements of all parameters in one vector, differentiable.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using DisposeScope scope = NewDisposeScope();
                return cat(tensors.Select(p => p.reshape(-1)).ToArray()).MoveToOuterDisposeScope();
            }

            /// <summary>Copies the elements of a vector into the parameters, in their order.</summary>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using IDisposable mode = no_grad();
                using DisposeScope scope = NewDisposeScope();
                long at = 0;
                foreach (Parameter parameter in tensors)
                {
                    long count = parameter.numel();
                    if (at + count > vec.numel()) throw new TorchException("vector_to_parameters", $"the vector of shape {Shapes.Text(vec.shape)} has too few elements for the parameters");
                    parameter.copy_(vec.narrow(0, at, count).reshape(parameter.shape));
                    at += count;
                }
            }

            private static List<Tensor> Gradients(IEnumerable<Parameter> tensors)
            {
                var gradients = new List<Tensor>();
                foreach (Parameter parameter in tensors)
                    if (parameter.grad is { } gradient) gradients.Add(gradient);
                return gradients;
            }
        }
    }
}
