using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>How often an interchange intervention turns the answer into the one that it should become: one number per prompt.</summary>
public static class InterchangeMetrics
{
    /// <summary>
    /// Interchange intervention accuracy (Geiger et al. 2021, arXiv 2106.02997): 1 where the likeliest token at the
    /// answer position is the answer of the source prompt (for twins: the foil), else 0.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The base prompts, with answers.</param>
    /// <param name="interchange">What is taken from which source prompts.</param>
    /// <param name="candidates">The tokens that the likeliest is looked for among; null takes the whole vocabulary.</param>
    /// <exception cref="ArgumentException">The candidates lack a source's answer, or are not all in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">A prompt has no answer, or a twin no foil.</exception>
    /// <exception cref="InvalidExperimentException">Every source has its base's answer, or the interchange changed nothing.</exception>
    public static PerPrompt InterchangeAccuracy(this HookedTransformer model, PromptSet prompts, Interchange interchange, IEnumerable<int>? candidates = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(interchange);
        int[] expected = interchange.Counterfactuals(prompts);
        if (prompts.Prompts.Select((prompt, i) => prompt.Answer == expected[i]).All(same => same))
        {
            throw new InvalidExperimentException($"Every source prompt of '{prompts.Family}' has the answer of its base: there is nothing to interchange. Pair prompts with different answers.");
        }

        int[]? allowed = candidates?.Distinct().ToArray();
        if (allowed is not null)
        {
            RequireCandidates(allowed, expected, model.Config.Vocabulary);
        }

        double[] right = new double[prompts.Count];
        PromptRuns.Run(
            model,
            prompts,
            [interchange],
            0,
            batch => new ForwardOptions { LogitsAt = AnswerReadout.Positions(batch) },
            _ => [],
            (batch, logits) =>
            {
                int vocabulary = (int)logits.shape[^1];
                float[] all = logits.data<float>().ToArray();
                for (int row = 0; row < batch.Count; row++)
                {
                    int offset = row * vocabulary;
                    int likeliest = (allowed ?? Enumerable.Range(0, vocabulary)).MaxBy(token => all[offset + token]);
                    right[batch.Indices[row]] = likeliest == expected[batch.Indices[row]] ? 1 : 0;
                }
            });
        return new PerPrompt(right);
    }

    private static void RequireCandidates(int[] candidates, int[] expected, int vocabulary)
    {
        int[] outside = [.. candidates.Where(token => token < 0 || token >= vocabulary)];
        if (outside.Length > 0)
        {
            throw new ArgumentException($"Candidate {outside[0]} is not in the vocabulary, 0 to {vocabulary - 1}.", nameof(candidates));
        }

        int[] missing = [.. expected.Except(candidates)];
        if (missing.Length > 0)
        {
            throw new ArgumentException($"The candidates lack {string.Join(", ", missing.Take(5))}, which sources answer: they could never be right.", nameof(candidates));
        }
    }
}
