using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>How far activations spread over a set of prompts. Of the unchanged model, once, and remembered by it.</summary>
internal static class ActivationSpread
{
    /// <summary>The (population) standard deviation of all entries of a target, over prompts and positions.</summary>
    /// <exception cref="NotSupportedException">The activation is made of probabilities, scores or tokens.</exception>
    public static double Of(HookedTransformer model, ActivationTarget target, PromptSet prompts)
    {
        HookSite site = HookCatalog.Find(target.Point, model.Config)!;
        if (site.Axes is HookAxes.BatchHeadQueryKey or HookAxes.BatchPos)
        {
            throw new NotSupportedException($"A standard deviation of '{target.Point}' over prompts is not defined; name an absolute scale.");
        }

        Moments moments = model.Memo.GetOrAdd($"spread|{target.Point}|{prompts.Hash}", () => Measure(model, target.Point, prompts), result => result.Sums.Length * 16L);
        int width = moments.Sums.Length / (target.Heads.IsDefault ? 1 : moments.Heads);
        int[] chosen = target.Neuron is int neuron ? [neuron]
            : target.Heads.IsDefault ? [.. Enumerable.Range(0, width)]
            : [.. target.Heads.SelectMany(head => Enumerable.Range(head * width, width))];
        double mean = chosen.Average(i => moments.Sums[i]) / moments.Count;
        return Math.Sqrt(Math.Max((chosen.Average(i => moments.Squares[i]) / moments.Count) - (mean * mean), 0));
    }

    private static Moments Measure(HookedTransformer model, HookPoint point, PromptSet prompts)
    {
        Moments? moments = null;
        foreach (PromptBatch batch in PromptChunks.Of(prompts))
        {
            using DisposeScope scope = NewDisposeScope();
            var hook = ForwardHook.Observing(point, activation =>
            {
                long rows = activation.shape[0] * activation.shape[1];
                Tensor flat = activation.reshape(rows, -1).to_type(ScalarType.Float64);
                int width = checked((int)flat.shape[1]);
                moments ??= new Moments(new double[width], new double[width], activation.dim() > 3 ? (int)activation.shape[2] : 1);
                moments.Add(rows, flat.sum(0L).data<double>().ToArray(), flat.square().sum(0L).data<double>().ToArray());
            });
            model.RunPristine(batch.Tokens(), ReferenceActivations.Until(point), [hook]);
        }

        return moments!;
    }

    /// <summary>Sums and sums of squares over prompts and positions, by entry.</summary>
    private sealed class Moments(double[] sums, double[] squares, int heads)
    {
        public double[] Sums { get; } = sums;

        public double[] Squares { get; } = squares;

        public int Heads { get; } = heads;

        public double Count { get; private set; }

        public void Add(long rows, double[] more, double[] moreSquares)
        {
            Count += rows;
            for (int i = 0; i < Sums.Length; i++)
            {
                Sums[i] += more[i];
                Squares[i] += moreSquares[i];
            }
        }
    }
}
