using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>What is read at the answer positions of a prompt set, one entry per prompt.</summary>
/// <param name="Answer">The answer's logit; NaN where a prompt has no answer.</param>
/// <param name="Foil">The foil's logit; NaN where a prompt has no foil.</param>
/// <param name="LogSumExp">The log of the sum of all exponentiated logits.</param>
/// <param name="Top">The token with the largest logit.</param>
internal sealed record AnswerReadout(double[] Answer, double[] Foil, double[] LogSumExp, int[] Top)
{
    /// <summary>Runs the prompts; without interventions, once per model and prompt set.</summary>
    public static AnswerReadout Of(HookedTransformer model, PromptSet prompts, IReadOnlyList<Intervention> interventions) =>
        PromptRuns.Remembered(model, prompts, interventions, "answers", () => Measure(model, prompts, interventions), readout => readout.Top.Length * 28L);

    /// <summary>The answer positions of a batch as [batch, 1] int64.</summary>
    public static Tensor Positions(PromptBatch batch) => tensor(batch.AnswerPositions().Select(position => (long)position).ToArray(), [batch.Count, 1]);

    private static AnswerReadout Measure(HookedTransformer model, PromptSet prompts, IReadOnlyList<Intervention> interventions)
    {
        int count = prompts.Count;
        var readout = new AnswerReadout(new double[count], new double[count], new double[count], new int[count]);
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            batch => new ForwardOptions { LogitsAt = Positions(batch) },
            _ => [],
            (batch, logits) =>
            {
                int vocabulary = (int)logits.shape[^1];
                float[] all = logits.data<float>().ToArray();
                for (int row = 0; row < batch.Count; row++)
                {
                    readout.Read(batch.Indices[row], batch.Prompts[row], all.AsSpan(row * vocabulary, vocabulary));
                }
            });
        return readout;
    }

    private void Read(int index, Prompt prompt, ReadOnlySpan<float> logits)
    {
        int top = 0;
        for (int token = 1; token < logits.Length; token++)
        {
            top = logits[token] > logits[top] ? token : top;
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp((double)logit - logits[top]);
        }

        Answer[index] = prompt.Answer is int answer ? logits[answer] : double.NaN;
        Foil[index] = prompt.Foil is int foil ? logits[foil] : double.NaN;
        LogSumExp[index] = logits[top] + Math.Log(sum);
        Top[index] = top;
    }
}
