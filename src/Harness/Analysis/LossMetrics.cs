using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>How well a model predicts, and how far an intervention moves its predictions: one number per prompt, in nats.</summary>
public static class LossMetrics
{
    /// <summary>Mean next-token cross-entropy over the prompt's scored positions, or over all where it names none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidExperimentException">An intervention changed nothing, or NaN appeared.</exception>
    public static PerPrompt Loss(this HookedTransformer model, PromptSet prompts, params Intervention[] interventions) =>
        new(ScoredReadout.Of(model, prompts, interventions).Loss);

    /// <summary>
    /// KL(unchanged ‖ changed), summed over the vocabulary, at the answer position of prompts with an answer; otherwise
    /// the mean over scored positions, or the last position where there is neither.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="interventions">Changes to the runs, at least one, all on the clean prompts.</param>
    /// <exception cref="ArgumentException">There is no intervention.</exception>
    /// <exception cref="InvalidExperimentException">An intervention changed nothing, or NaN appeared.</exception>
    public static PerPrompt KlDivergence(this HookedTransformer model, PromptSet prompts, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(interventions);
        if (interventions.Length == 0)
        {
            throw new ArgumentException("A divergence needs something to compare with: name an intervention.", nameof(interventions));
        }

        bool scored = prompts.Prompts.All(prompt => prompt.Answer is null && !prompt.ScoredPositions.IsDefaultOrEmpty);
        double[] divergences = new double[prompts.Count];
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            scored ? model.Config.Vocabulary : 0,
            batch => new ForwardOptions { LogitsAt = Positions(batch, scored) },
            _ => [],
            (batch, changed) =>
            {
                Tensor clean = NextToken.LogProbabilities(Clean(model, batch, scored));
                Tensor other = NextToken.LogProbabilities(changed);
                float[] perPosition = (clean.exp() * (clean - other)).sum(-1).data<float>().ToArray();
                int width = perPosition.Length / batch.Count;
                for (int row = 0; row < batch.Count; row++)
                {
                    int count = scored ? batch.Prompts[row].ScoredPositions.Length : 1;
                    divergences[batch.Indices[row]] = perPosition.Skip(row * width).Take(count).Average(value => (double)value);
                }
            });
        return new PerPrompt(divergences);
    }

    private static Tensor Positions(PromptBatch batch, bool scored) => scored ? new ScoredPositions(batch).Tensor() : AnswerReadout.Positions(batch);

    private static Tensor Clean(HookedTransformer model, PromptBatch batch, bool scored)
    {
        Tensor Run() => model.Forward(batch.Tokens(), new ForwardOptions { LogitsAt = Positions(batch, scored) });
        return model.HasAmbientHooks
            ? Run()
            : model.Memo.GetOrAdd(
                $"logits|{scored}|{batch.Source.Hash}|{batch.Indices[0]}+{batch.Count}",
                () =>
                {
                    using DisposeScope scope = NewDisposeScope();
                    return Run().DetachFromDisposeScope();
                },
                logits => logits.numel() * sizeof(float));
    }
}
