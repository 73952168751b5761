using CircuitSpecs.Claims;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>Reads a metric from final residual streams: through the answers' and foils' columns of W_U alone where they suffice, since W_U is the largest matrix of a small model.</summary>
internal sealed class AnswerReader : IDisposable
{
    private readonly HookedTransformer model;
    private readonly PromptBatch batch;
    private readonly SweepMetric metric;
    private readonly Tensor? columns;
    private readonly float[]? biases;

    public AnswerReader(HookedTransformer model, PromptBatch batch, SweepMetric metric)
    {
        this.model = model;
        this.batch = batch;
        this.metric = metric;
        if (!metric.ReadsColumns)
        {
            return;
        }

        long[] ids = [.. batch.Prompts.Select(prompt => (long)prompt.Answer!.Value), .. metric.NeedsFoil ? batch.Prompts.Select(prompt => (long)prompt.Foil!.Value) : []];
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = tensor(ids);
        columns = model.Weights["unembed.W_U"].index_select(1, tokens).transpose(0, 1).contiguous().DetachFromDisposeScope();
        biases = model.Weights.TryGet("unembed.b_U", out Tensor? bias) ? bias.index_select(0, tokens).data<float>().ToArray() : new float[ids.Length];
    }

    /// <summary>The metric of rows.</summary>
    /// <param name="residual">[row, 1, d_model], after the last block, at the answer position.</param>
    /// <param name="prompts">Each row's prompt in the group.</param>
    /// <exception cref="InvalidExperimentException">NaN appeared.</exception>
    public double[] Read(Tensor residual, IReadOnlyList<int> prompts)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] values = columns is null ? ReadAll(residual, prompts) : ReadColumns(residual, prompts, columns);
        int broken = Array.FindIndex(values, double.IsNaN);
        return broken < 0
            ? values
            : throw new InvalidExperimentException($"The {metric.Name} of '{model.Name}' is NaN for '{batch.Prompts[prompts[broken]].Text}' of prompt family '{batch.Source.Family}'.");
    }

    public void Dispose() => columns?.Dispose();

    private double[] ReadColumns(Tensor residual, IReadOnlyList<int> prompts, Tensor wanted)
    {
        Tensor normalized = Normalization.Of(model.Weights, "ln_final", residual).squeeze(1);
        double[] answers = Logits(0);
        return metric.NeedsFoil ? [.. answers.Zip(Logits(batch.Count), (answer, foil) => answer - foil)] : answers;

        double[] Logits(int offset)
        {
            Tensor rows = wanted.index_select(0, tensor(prompts.Select(prompt => (long)prompt + offset).ToArray()));
            float[] products = (normalized * rows).sum([-1]).data<float>().ToArray();
            return [.. products.Select((product, row) => Capped(product + biases![prompts[row] + offset]))];
        }
    }

    private double Capped(float logit) => model.Config.LogitSoftCap is double cap ? (float)(Math.Tanh(logit / cap) * cap) : logit;

    private double[] ReadAll(Tensor residual, IReadOnlyList<int> prompts)
    {
        float[] logits = model.RunPristine(residual, new ForwardOptions { StartAtLayer = model.Config.Layers }, []).data<float>().ToArray();
        int vocabulary = model.Config.Vocabulary;
        return [.. prompts.Select((prompt, row) => metric.Read(batch.Prompts[prompt], logits.AsSpan(row * vocabulary, vocabulary)))];
    }
}
