using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis.Behaviour;

public sealed class CopySuppressionAblationTests
{
    private static IEnumerable<ModelConfig> Shapes => SmallTransformer.Shapes.Values;

    [TestCaseSource(nameof(Shapes))]
    public void The_final_residual_changes_by_the_terms_of_the_definition(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts(count: 4);
        var head = new Head(1, 2);
        int last = config.Layers - 1;
        double[][] mean = [Mean(model, prompts, head)];
        foreach (int keep in new[] { 0, 2, 100 })
        {
            Intervention ablation = keep == 0 ? CopySuppressionAblation.MeanAblation(head) : CopySuppressionAblation.Preserving(head, keep);
            foreach (PromptBatch batch in prompts.Batches())
            {
                using DisposeScope scope = NewDisposeScope();
                HookPoint[] points = [Hook.ResidPre(1), Hook.V(1), Hook.Pattern(1), Hook.Z(1), Hook.ResidPost(last)];
                using CachedRun clean = model.RunWithCache(batch.Tokens(), points);
                using CachedRun changed = model.RunWithCache(batch.Tokens(), [Hook.ResidPost(last)], hooks: ablation.HooksFor(model, batch));
                double[][] matrix = Rows(model.Weights["blocks.1.attn.W_O"][head.Index]);
                for (int d = 0; d < batch.Length; d++)
                {
                    double[] expected = [.. Row(clean.Cache[Hook.ResidPost(last)][0, d])];
                    expected = Plus(expected, Times(Row(clean.Cache[Hook.Z(1)][0, d, head.Index]), matrix), -1);
                    expected = Plus(expected, mean[0], 1);
                    int at = d;
                    double[] lens = Lens(model, clean.Cache[Hook.ResidPre(1)][0, at]);
                    foreach (int s in Enumerable.Range(0, d + 1).OrderByDescending(s => lens[batch.Prompts[0].Tokens[s]]).Take(keep))
                    {
                        double weight = clean.Cache[Hook.Pattern(1)][0, head.Index, d, s].item<float>();
                        double[] term = Plus(Array.ConvertAll(Times(Row(clean.Cache[Hook.V(1)][0, s, config.KeyValueHeadOf(head.Index)]), matrix), value => weight * value), mean[0], -1.0 / (d + 1));
                        double[] direction = Direction(model, batch.Prompts[0].Tokens[s]);
                        double along = term.Zip(direction, (a, b) => a * b).Sum();
                        expected = along < 0 ? Plus(expected, direction, along) : expected;
                    }

                    Row(changed.Cache[Hook.ResidPost(last)][0, d]).Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-4);
                }
            }
        }
    }

    [Test]
    public void A_head_that_writes_against_what_it_reads_is_explained_and_one_that_copies_is_not()
    {
        EvaluationSet prompts = new("tokens", 0, Enumerable.Range(0, 24).Select(i => new Prompt { Tokens = [.. Enumerable.Range(0, 8).Select(p => ((i * 5) + (p * p * (i + 1))) % 12)], Text = $"prompt {i}", ScoredPositions = [0, 1, 2, 3, 4, 5, 6] }));
        using HookedTransformer suppressing = Copying(-3);
        using HookedTransformer copying = Copying(3);

        // Not all of it: with as few as twelve tokens the mean has a good part of each token's suppression already, and keeps it.
        suppressing.CopySuppressionExplained(new Head(0, 0), prompts).Value.Should().BeGreaterThan(0.7);
        copying.CopySuppressionExplained(new Head(0, 0), prompts).Value.Should().BeApproximately(0, 1e-4, "what points towards the token is not kept");
        suppressing.CopySuppressionExplained(new Head(0, 0), prompts, keep: 1).Value.Should().BeLessThan(suppressing.CopySuppressionExplained(new Head(0, 0), prompts).Value);
    }

    [Test]
    public void What_has_no_direct_effect_says_why()
    {
        using HookedTransformer model = SmallTransformer.Create();
        FluentActions.Invoking(() => model.CopySuppressionExplained(new Head(8, 0), SmallTransformer.Prompts())).Should().Throw<ArgumentException>().WithMessage("*no head 8.0*");
        FluentActions.Invoking(() => CopySuppressionAblation.Preserving(new Head(0, 0), keep: 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    /// <summary>One block without norms whose first head reads the first twelve tokens exactly and writes a multiple of their unembedding; nothing else writes.</summary>
    private static HookedTransformer Copying(float factor) => SmallTransformer.Create(
        parameters =>
        {
            foreach (string name in parameters.Keys.Where(name => name.Contains("attn.", StringComparison.Ordinal) || name.Contains("mlp.", StringComparison.Ordinal) || name is "pos_embed.W_pos" or "unembed.b_U").ToArray())
            {
                parameters[name] = zeros_like(parameters[name]);
            }

            parameters["embed.W_E"] = eye(17, 12);
            parameters["unembed.W_U"] = eye(12, 17);
            parameters["blocks.0.attn.W_V"][0] = eye(12);
            parameters["blocks.0.attn.W_O"][0] = eye(12) * factor;
        },
        SmallTransformer.Config with { Norm = NormKind.None, Layers = 1, DHead = 12 });

    private static double[] Mean(HookedTransformer model, EvaluationSet prompts, Head head)
    {
        var all = prompts.Prompts.SelectMany(prompt =>
        {
            using CachedRun run = model.RunWithCache(tensor(prompt.Tokens.Select(token => (long)token).ToArray(), [1, prompt.Tokens.Length]), Hook.Z(head.Layer));
            return Rows(run.Cache[Hook.Z(head.Layer)][0].select(1, head.Index));
        }).ToArray();
        return Times([.. Enumerable.Range(0, 4).Select(i => all.Average(row => row[i]))], Rows(model.Weights[$"blocks.{head.Layer}.attn.W_O"][head.Index]));
    }

    private static double[] Lens(HookedTransformer model, Tensor residual)
    {
        double[] x = Row(residual);
        double mean = model.Config.Norm == NormKind.LayerNorm ? x.Average() : 0;
        double scale = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + model.Config.NormEpsilon);
        double[] gain = Row(model.Weights["ln_final.w"]);
        double[] shift = model.Weights.TryGet("ln_final.b", out Tensor? b) ? Row(b) : new double[12];
        return Plus(Times([.. x.Select((value, j) => ((value - mean) / scale * gain[j]) + shift[j])], Rows(model.Weights["unembed.W_U"])), Row(model.Weights["unembed.b_U"]), 1);
    }

    private static double[] Direction(HookedTransformer model, int token)
    {
        double[] direction = [.. Row(model.Weights["unembed.W_U"].select(1, token)).Zip(Row(model.Weights["ln_final.w"]), (a, b) => a * b)];
        double mean = model.Config.Norm == NormKind.LayerNorm ? direction.Average() : 0;
        double length = Math.Sqrt(direction.Sum(value => (value - mean) * (value - mean)));
        return Array.ConvertAll(direction, value => (value - mean) / length);
    }

    private static double[] Row(Tensor values) => Array.ConvertAll(values.contiguous().data<float>().ToArray(), value => (double)value);

    private static double[][] Rows(Tensor values) => [.. Row(values).Chunk((int)values.shape[1])];

    private static double[] Times(double[] row, double[][] matrix) => [.. Enumerable.Range(0, matrix[0].Length).Select(j => row.Select((value, i) => value * matrix[i][j]).Sum())];

    private static double[] Plus(double[] left, double[] right, double factor) => [.. left.Zip(right, (a, b) => a + (factor * b))];
}
