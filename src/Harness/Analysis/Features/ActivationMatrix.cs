using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>Activations as features: a row of numbers per prompt.</summary>
public static class ActivationMatrix
{
    /// <summary>An activation at one position of every prompt, for a <see cref="LinearProbe"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="point">An activation [batch, pos, …], for example <c>Hook.ResidPost(3)</c>; heads and their dimensions come one after the other.</param>
    /// <param name="position">Where.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <returns>[prompt][feature].</returns>
    /// <exception cref="ArgumentException">The activation has no position of its own, as a pattern [batch, head, query, key] has not.</exception>
    public static ImmutableArray<double[]> ActivationsAt(this HookedTransformer model, HookPoint point, Position position, PromptSet prompts, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(position);
        ArgumentNullException.ThrowIfNull(prompts);
        HookPoint counted = point.In(model.Config);
        if (HookCatalog.Find(counted, model.Config)!.PositionAxis != 1)
        {
            throw new ArgumentException($"'{counted}' is no vector at a position; take an activation [batch, pos, …].", nameof(point));
        }

        double[][] rows = new double[prompts.Count][];
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            batch => counted.Layer is int layer ? new ForwardOptions { StopAtLayer = layer + 1 } : new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) },
            batch => [ForwardHook.Observing(counted, activation => Read(batch, activation))],
            (_, _) => { });
        return [.. rows];

        void Read(PromptBatch batch, Tensor activation)
        {
            float[] values = activation.contiguous().data<float>().ToArray();
            ImmutableArray<int> positions = position.In(batch);
            int width = values.Length / batch.Count / batch.Length;
            for (int row = 0; row < batch.Count; row++)
            {
                rows[batch.Indices[row]] = Array.ConvertAll(values[(((row * batch.Length) + positions[row]) * width)..(((row * batch.Length) + positions[row] + 1) * width)], value => (double)value);
            }
        }
    }
}
