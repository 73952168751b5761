using CircuitSpecs.Analysis;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Discovery;

/// <summary>
/// Runs prompts with cut edges, many sets of them at once, each from the first layer that one of its edges leads into: below it everything is as in the
/// unchanged model.
/// </summary>
internal sealed class EdgeRuns
{
    private const long FloatsAtOnce = 8L << 20;

    private readonly HookedTransformer model;
    private readonly CircuitGraph graph;
    private readonly CircuitMetric metric;
    private readonly EdgeAblation ablation;
    private readonly PromptSet prompts;
    private readonly IReadOnlyList<PromptBatch> batches;

    public EdgeRuns(HookedTransformer model, CircuitGraph graph, PromptSet prompts, CircuitMetric metric, EdgeAblation ablation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        graph.RequireFits(model.Config);
        metric.Require(prompts);
        batches = CircuitBatches.Of(model, prompts, ablation.NeedsTwins);
        this.model = model;
        this.graph = graph;
        this.prompts = prompts;
        this.metric = metric;
        this.ablation = ablation;
    }

    /// <summary>How many sets of cut edges are run at once.</summary>
    public int RowsAtOnce
    {
        get
        {
            ModelConfig config = model.Config;
            long perRow = batches.Max(batch => (long)batch.Count * batch.Length) * (config.Heads + (2 * config.KeyValueHeads) + graph.Sources.Length) * config.DModel;
            return (int)Math.Clamp(FloatsAtOnce / perRow, 1, 64);
        }
    }

    /// <summary>The metric of every prompt under each set of cut edges.</summary>
    /// <param name="cut">The sets, each by index of edge.</param>
    /// <param name="cancellation">Ends it between runs.</param>
    /// <returns>[set][prompt].</returns>
    public double[][] Measure(IReadOnlyList<bool[]> cut, CancellationToken cancellation = default)
    {
        double[][] values = [.. cut.Select(_ => new double[prompts.Count])];
        int[] starts = [.. cut.Select(FirstLayer)];

        // Rows that start at the same layer go together, so that none computes what is known.
        foreach (IGrouping<int, int> group in Enumerable.Range(0, cut.Count).GroupBy(row => starts[row]))
        {
            foreach (int[] rows in group.Chunk(RowsAtOnce))
            {
                foreach (PromptBatch batch in batches)
                {
                    cancellation.ThrowIfCancellationRequested();
                    double[] measured = Run(batch, [.. rows.Select(row => cut[row])], group.Key);
                    for (int i = 0; i < measured.Length; i++)
                    {
                        values[rows[i / batch.Count]][batch.Indices[i % batch.Count]] = measured[i];
                    }
                }
            }
        }

        return values;
    }

    /// <summary>The layer of the first input with a cut edge; the number of layers where none is cut.</summary>
    private int FirstLayer(bool[] cut) => graph.Edges.Where(edge => cut[edge.Index]).Select(edge => edge.Destination.Layer).DefaultIfEmpty(graph.Layers).Min();

    private double[] Run(PromptBatch batch, bool[][] cut, int start)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor clean = CircuitBatches.CleanLogits(model, batch);
        Tensor logits = start == graph.Layers ? clean.repeat(cut.Length, 1) : Logits(batch, cut, start);
        Tensor exact = logits.to(ScalarType.Float64).reshape(cut.Length, batch.Count, -1);
        return [.. Enumerable.Range(0, cut.Length).SelectMany(row => metric.Of(exact.select(0, row), clean.to(ScalarType.Float64), batch).data<double>().ToArray())];
    }

    private Tensor Logits(PromptBatch batch, bool[][] cut, int start)
    {
        // Only positions from the first that may change to the last that is read are run; those before have the keys and values of the unchanged model.
        int[] answers = [.. batch.AnswerPositions()];
        int first = Math.Min(ablation.FirstPosition(batch), answers.Min());
        int count = answers.Max() + 1 - first;
        Tensor residual = ReferenceActivations.OfEveryLayer(model, "hook_resid_pre", PromptSide.Clean, batch)[start].narrow(1, first, count);
        var surgery = new EdgeSurgery(graph, ablation.Of(model, graph, batch).narrow(2, first, count), cut);
        return model.RunPristine(
            residual.repeat(cut.Length, 1, 1),
            new ForwardOptions
            {
                StartAtLayer = start,
                LogitsAt = tensor(answers.Select(position => (long)(position - first)).ToArray(), [batch.Count, 1]).repeat(cut.Length, 1),
                Partial = first == 0 ? null : new PartialPass { Prefix = Before(batch, first, cut.Length) },
            },
            surgery.Hooks(start, SourceActivations.Of(model, graph, batch, PromptSide.Clean).narrow(2, first, count))).squeeze(1);
    }

    private KeyValuePrefix Before(PromptBatch batch, int position, int rows)
    {
        return new KeyValuePrefix(position, layer => (Rows(model.Config.Positions == PositionScheme.Rotary ? "attn.hook_rot_k" : "attn.hook_k", layer), Rows("attn.hook_v", layer)));

        Tensor Rows(string site, int layer) => ReferenceActivations.OfEveryLayer(model, site, PromptSide.Clean, batch)[layer].narrow(1, 0, position).repeat(rows, 1, 1, 1);
    }
}
