using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

/// <summary>Metrics over prompts of several lengths against sums written out prompt by prompt.</summary>
public sealed class MetricTests
{
    private readonly HookedTransformer model = SmallTransformer.Create();
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Answer_metrics_read_the_answer_position()
    {
        for (int i = 0; i < prompts.Count; i++)
        {
            Prompt prompt = prompts.Prompts[i];
            double[] logits = LogitsOf(prompt)[^1];
            double normaliser = Math.Log(logits.Sum(Math.Exp));

            model.AnswerLogit(prompts).Numerators[i].Should().BeApproximately(logits[prompt.Answer!.Value], 1e-5);
            model.LogitDifference(prompts).Numerators[i].Should().BeApproximately(logits[prompt.Answer.Value] - logits[prompt.Foil!.Value], 1e-5);
            model.AnswerLogProbability(prompts).Numerators[i].Should().BeApproximately(logits[prompt.Answer.Value] - normaliser, 1e-5);
            model.AnswerProbability(prompts).Numerators[i].Should().BeApproximately(Math.Exp(logits[prompt.Answer.Value] - normaliser), 1e-5);
            model.Accuracy(prompts).Numerators[i].Should().Be(logits.Max() == logits[prompt.Answer.Value] ? 1 : 0);
        }
    }

    [Test]
    public void Loss_and_accuracy_read_the_scored_positions()
    {
        var scored = new EvaluationSet("scored", 0, prompts.Prompts.Select((prompt, i) => prompt with { Answer = null, ScoredPositions = i % 3 == 0 ? [1, 3] : i % 3 == 1 ? [0] : [] }));
        for (int i = 0; i < scored.Count; i++)
        {
            Prompt prompt = scored.Prompts[i];
            double[][] logits = LogitsOf(prompt);
            int[] positions = i % 3 == 0 ? [1, 3] : i % 3 == 1 ? [0] : [.. Enumerable.Range(0, prompt.Tokens.Length - 1)];

            double loss = positions.Average(position => Math.Log(logits[position].Sum(Math.Exp)) - logits[position][prompt.Tokens[position + 1]]);
            double accuracy = positions.Average(position => logits[position].Max() == logits[position][prompt.Tokens[position + 1]] ? 1.0 : 0.0);

            model.Loss(scored).Numerators[i].Should().BeApproximately(loss, 1e-5);
            model.Accuracy(scored).Numerators[i].Should().BeApproximately(accuracy, 1e-12);
        }
    }

    [Test]
    public void Divergence_is_that_of_the_two_distributions()
    {
        Intervention ablation = Ablate.Zero(new Mlp(1));
        for (int i = 0; i < prompts.Count; i++)
        {
            double[] clean = LogProbabilities(LogitsOf(prompts.Prompts[i])[^1]);
            double[] changed = LogProbabilities(LogitsOf(prompts.Prompts[i], ablation)[^1]);

            model.KlDivergence(prompts, ablation).Numerators[i].Should().BeApproximately(clean.Zip(changed, (a, b) => Math.Exp(a) * (a - b)).Sum(), 1e-5);
        }
    }

    [Test]
    public void Divergence_from_nothing_is_refused()
    {
        new Action(() => model.KlDivergence(prompts)).Should().Throw<ArgumentException>().WithMessage("*name an intervention*");
    }

    [Test]
    public void Kept_share_is_a_ratio_of_means()
    {
        Intervention ablation = Ablate.Zero(new Mlp(1));

        model.LogitDifferenceKept(prompts, ablation).Value.Should().BeApproximately(model.LogitDifference(prompts, ablation).Numerators.Average() / model.LogitDifference(prompts).Numerators.Average(), 1e-12);
    }

    [Test]
    public void Share_of_nothing_is_no_experiment()
    {
        Prompt one = prompts.Prompts[0];
        var balanced = new EvaluationSet("balanced", 0, [one, one with { Answer = one.Foil, Foil = one.Answer }]);

        new Action(() => model.LogitDifferenceKept(balanced, Ablate.Zero(new Mlp(1)))).Should().Throw<InvalidExperimentException>().WithMessage("*scale is zero*");
    }

    [Test]
    public void Prompts_without_foil_have_no_logit_difference()
    {
        var noFoil = new EvaluationSet("no foil", 0, prompts.Prompts.Select(prompt => prompt with { Foil = null }));

        new Action(() => model.LogitDifference(noFoil)).Should().Throw<InvalidOperationException>().WithMessage("*'prompt 0'*has no foil*");
    }

    [Test]
    public void Position_without_next_token_cannot_be_scored()
    {
        var last = new EvaluationSet("last", 0, [prompts.Prompts[0] with { ScoredPositions = [4] }]);

        new Action(() => model.Loss(last)).Should().Throw<ArgumentException>().WithMessage("*0 to 3*[4]*");
    }

    [Test]
    public void Head_scores_of_prompts_of_several_lengths_are_means_over_their_pairs()
    {
        int[][] halves = [[4, 9, 2], [7, 1, 3, 11]];
        var repeated = new EvaluationSet("repeated", 0, halves.Select(half => new Prompt { Tokens = [0, .. half, .. half], Text = $"twice {half.Length}" }));
        foreach (Head head in Head.AllIn(model.Config))
        {
            for (int i = 0; i < halves.Length; i++)
            {
                float[,] pattern = PatternOf(repeated.Prompts[i], head);
                int length = halves[i].Length;
                int[] second = [.. Enumerable.Range(length + 1, length)];

                model.PreviousTokenScore(head, repeated).Numerators[i].Should().BeApproximately(Enumerable.Range(1, 2 * length).Average(query => pattern[query, query - 1]), 1e-6);
                model.DuplicateTokenScore(head, repeated).Numerators[i].Should().BeApproximately(second.Average(query => pattern[query, query - length]), 1e-6);
                model.InductionScore(head, repeated).Numerators[i].Should().BeApproximately(second.Average(query => pattern[query, query - length + 1]), 1e-6);
                model.AttentionTo(head, repeated, -1, 1).Numerators[i].Should().BeApproximately(pattern[2 * length, 1], 1e-6);
            }
        }
    }

    [Test]
    public void Score_over_a_repetition_needs_one()
    {
        new Action(() => model.InductionScore("1.0", prompts)).Should().Throw<ArgumentException>().WithMessage("*does not end with*twice*");
    }

    [Test]
    public void Head_that_does_not_exist_has_no_score()
    {
        new Action(() => model.PreviousTokenScore("1.3", prompts)).Should().Throw<ArgumentException>().WithMessage("*3 layers of 3 heads*");
    }

    [Test]
    public void Attribution_that_does_not_sum_to_the_logit_difference_is_refused()
    {
        using IDisposable tampered = model.Hooks(new ForwardHook(Hook.FinalNormalized, (normalized, _) => normalized * 1.5));

        new Action(() => DirectLogitAttribution.Of(model, prompts)).Should().Throw<InvalidExperimentException>().WithMessage("*parts sum to*");
    }

    [Test]
    public void Attribution_of_sets_and_layers_is_the_sum_of_their_parts()
    {
        var attribution = DirectLogitAttribution.Of(model, prompts);

        attribution[HeadSet.Parse("1.0 2.2")].Value.Should().BeApproximately(model.HeadDirectAttribution("1.0", prompts).Value + model.HeadDirectAttribution("2.2", prompts).Value, 1e-9);
        attribution[new AttentionLayer(1)].Value.Should().BeApproximately(Enumerable.Range(0, 3).Sum(head => attribution[new Head(1, head)].Value) + attribution["L1b_O"].Value, 1e-9);
    }

    private static double[] LogProbabilities(double[] logits)
    {
        double normaliser = Math.Log(logits.Sum(Math.Exp));
        return Array.ConvertAll(logits, logit => logit - normaliser);
    }

    private double[][] LogitsOf(Prompt prompt, params Intervention[] interventions)
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = new EvaluationSet("one", 0, [prompt]).Batches().Single();
        Tensor logits = model.RunWithHooks(batch.Tokens(), [.. interventions.SelectMany(intervention => intervention.HooksFor(model, batch))]);
        return [.. logits.data<float>().ToArray().Select(value => (double)value).Chunk(model.Config.Vocabulary)];
    }

    private float[,] PatternOf(Prompt prompt, Head head)
    {
        using DisposeScope scope = NewDisposeScope();
        using CachedRun run = model.RunWithCache(new EvaluationSet("one", 0, [prompt]).Batches().Single().Tokens(), Hook.Pattern(head.Layer));
        var pattern = new float[prompt.Tokens.Length, prompt.Tokens.Length];
        Buffer.BlockCopy(run.Cache[Hook.Pattern(head.Layer)].select(0, 0).select(0, head.Index).contiguous().data<float>().ToArray(), 0, pattern, 0, pattern.Length * sizeof(float));
        return pattern;
    }
}
