using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>What is read at the scored positions of a prompt set: all that have a next token, where the family names none.</summary>
/// <param name="Loss">Mean next-token cross-entropy of each prompt, in nats.</param>
/// <param name="Accuracy">Share of each prompt's positions whose likeliest token is the next one.</param>
internal sealed record ScoredReadout(double[] Loss, double[] Accuracy)
{
    /// <summary>Runs the prompts; without interventions, once per model and prompt set.</summary>
    public static ScoredReadout Of(HookedTransformer model, PromptSet prompts, IReadOnlyList<Intervention> interventions) =>
        PromptRuns.Remembered(model, prompts, interventions, "scored", () => Measure(model, prompts, interventions), readout => readout.Loss.Length * 16L);

    private static ScoredReadout Measure(HookedTransformer model, PromptSet prompts, IReadOnlyList<Intervention> interventions)
    {
        var readout = new ScoredReadout(new double[prompts.Count], new double[prompts.Count]);
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            model.Config.Vocabulary,
            batch => new ForwardOptions { LogitsAt = new ScoredPositions(batch).Tensor() },
            _ => [],
            readout.Read);
        return readout;
    }

    private void Read(PromptBatch batch, Tensor logits)
    {
        var positions = new ScoredPositions(batch);
        Tensor logProbabilities = NextToken.LogProbabilities(logits);
        float[] ofTarget = logProbabilities.gather(2, positions.Targets().unsqueeze(-1)).data<float>().ToArray();
        long[] top = logits.argmax(-1).data<long>().ToArray();
        for (int row = 0; row < batch.Count; row++)
        {
            double loss = 0;
            double right = 0;
            for (int i = 0; i < positions.CountOf(row); i++)
            {
                int at = (row * positions.Width) + i;
                loss -= ofTarget[at];
                right += top[at] == positions.Target(row, i) ? 1 : 0;
            }

            Loss[batch.Indices[row]] = loss / positions.CountOf(row);
            Accuracy[batch.Indices[row]] = right / positions.CountOf(row);
        }
    }
}
