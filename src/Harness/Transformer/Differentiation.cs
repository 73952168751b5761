using CircuitSpecs.Claims;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>Gradients of a metric by activations, from one forward and one backward pass.</summary>
public static class Differentiation
{
    /// <summary>
    /// Runs the model and differentiates a metric of its output by activations. Each gradient is the whole one: what an infinitesimal change at that
    /// point, made by a hook, does to the metric through everything downstream. Nothing outlives the call but what it returns; parameters get no gradient.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Tokens [batch, pos] int64; with <see cref="ForwardOptions.StartAtLayer"/> the residual stream [batch, pos, d_model].</param>
    /// <param name="metric">From the output (logits [batch, pos, d_vocab]) to one number, by differentiable operations; a sum over prompts keeps their gradients apart, since prompts do not see each other.</param>
    /// <param name="points">What to differentiate by; also points that exist only when asked for, such as <c>hook_result</c> and <c>hook_q_input</c>.</param>
    /// <param name="options">Which part to run; null runs all of it.</param>
    /// <param name="hooks">Hooks that act before the point is differentiated by. Values that they put in place count as constants, unless they are computed from the activation.</param>
    /// <returns>The metric, the activations and the gradients; disposing of it frees them.</returns>
    /// <exception cref="UnknownHookException">The model has no such point, or none is named.</exception>
    /// <exception cref="ArgumentException">The metric is not one number, or a point holds tokens, or fires more than once in this run (norms of split heads).</exception>
    /// <exception cref="InvalidExperimentException">The metric depends on none of the points.</exception>
    public static GradientRun RunWithGradients(
        this HookedTransformer model,
        Tensor input,
        Func<Tensor, Tensor> metric,
        IEnumerable<HookPoint> points,
        ForwardOptions? options = null,
        IEnumerable<ForwardHook>? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(points);
        HookPoint[] wanted = [.. points.Select(point => point.In(model.Config)).Distinct()];
        if (wanted.Length == 0)
        {
            throw UnknownHookException.Matched("No hook point was named: there is nothing to differentiate by.");
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable recording = enable_grad();
        var passed = new Dictionary<HookPoint, Tensor>();
        try
        {
            Tensor output = model.RunWithHooks(
                input,
                (options ?? ForwardOptions.Default) with { RecordGradients = true },
                [.. hooks ?? [], .. wanted.Select(point => new ForwardHook(point, (activation, at) => passed[at] = Tracked(activation, at, passed)))]);
            Tensor value = metric(output);
            Tensor?[] gradients = Gradients(value, [.. wanted.Select(point => passed[point])]);
            var kept = new ActivationCache(model.Config);
            var derivatives = new ActivationCache(model.Config);
            for (int i = 0; i < wanted.Length; i++)
            {
                // A detached clone, since a view would keep the recorded graph alive.
                kept.Store(wanted[i], passed[wanted[i]].detach().clone());
                derivatives.Store(wanted[i], gradients[i] is Tensor gradient ? gradient.detach().clone() : zeros_like(passed[wanted[i]]).detach());
            }

            return new GradientRun(value.to(ScalarType.Float64).item<double>(), output.detach().clone(), kept, derivatives);
        }
        finally
        {
            foreach (Tensor activation in passed.Values)
            {
                activation.Dispose();
            }
        }
    }

    /// <summary>The activation as something that can be differentiated by, kept beyond the scopes of the forward pass.</summary>
    private static Tensor Tracked(Tensor activation, HookPoint point, Dictionary<HookPoint, Tensor> passed)
    {
        if (passed.ContainsKey(point))
        {
            throw new ArgumentException($"'{point}' fires more than once in this run, since heads read inputs of their own (hook_q_input and its like are asked for too); differentiate by it in a run of its own.");
        }

        if (!activation.is_floating_point())
        {
            throw new ArgumentException($"'{point}' holds {activation.dtype}, which has no gradient.");
        }

        return (activation.requires_grad ? activation : activation.detach().requires_grad_()).DetachFromDisposeScope();
    }

    private static Tensor?[] Gradients(Tensor value, Tensor[] inputs)
    {
        if (value.numel() != 1)
        {
            throw new ArgumentException($"The metric has to be one number; it is [{string.Join(", ", value.shape)}]. Sum it over prompts.");
        }

        if (!value.requires_grad)
        {
            throw new InvalidExperimentException("The metric depends on none of the points: it does not use the output, or a hook put constants in place after them.");
        }

        return [.. autograd.grad([value.reshape([])], inputs, allow_unused: true)];
    }
}
