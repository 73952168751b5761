using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>How much better a model predicts late tokens than early ones.</summary>
public static class InContextLearning
{
    /// <summary>
    /// The in-context learning score (Olsson et al. 2022, "In-context Learning and Induction Heads"): the loss of predicting a
    /// late token less that of an early one, in nats; the paper's 500th and 50th. Negative where the context helps. Tokens
    /// are counted from 0, so that with a BOS token the 500th is the 500th of the text.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that reach the late token, of real text: on random tokens nothing is to be learnt.</param>
    /// <param name="late">The late token that is predicted.</param>
    /// <param name="early">The early one, at least 1.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="ArgumentException">A prompt is too short, or the late token does not come after the early one.</exception>
    public static PerPrompt InContextScore(this HookedTransformer model, PromptSet prompts, int late = 500, int early = 50, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentOutOfRangeException.ThrowIfLessThan(early, 1);
        if (late <= early)
        {
            throw new ArgumentException($"The late token ({late}) has to come after the early one ({early}).", nameof(late));
        }

        Prompt? tooShort = prompts.Prompts.FirstOrDefault(prompt => prompt.Tokens.Length <= late);
        if (tooShort is not null)
        {
            throw new ArgumentException($"'{tooShort.Text}' of prompt family '{prompts.Family}' has {tooShort.Tokens.Length} tokens, 0 to {tooShort.Tokens.Length - 1}: there is no token {late} to predict. Take longer prompts, or an earlier late token.", nameof(prompts));
        }

        double[] scores = new double[prompts.Count];
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            batch => new ForwardOptions { LogitsAt = tensor(Enumerable.Range(0, batch.Count).SelectMany(_ => (long[])[early - 1, late - 1]).ToArray(), [batch.Count, 2]) },
            _ => [],
            (batch, logits) =>
            {
                long[] next = [.. batch.Prompts.SelectMany(prompt => (long[])[prompt.Tokens[early], prompt.Tokens[late]])];
                float[] found = NextToken.LogProbabilities(logits).gather(2, tensor(next, [batch.Count, 2, 1])).contiguous().data<float>().ToArray();
                for (int row = 0; row < batch.Count; row++)
                {
                    scores[batch.Indices[row]] = (double)found[2 * row] - found[(2 * row) + 1];
                }
            });
        return new PerPrompt(scores);
    }
}
