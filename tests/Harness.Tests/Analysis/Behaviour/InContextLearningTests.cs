using CircuitSpecs.Analysis;
using CircuitSpecs.Interventions;
using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.Behaviour;

public sealed class InContextLearningTests
{
    private static IEnumerable<ModelConfig> Shapes => SmallTransformer.Shapes.Values;

    [TestCaseSource(nameof(Shapes))]
    public void It_is_the_loss_at_the_late_token_less_that_at_the_early_one(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts();
        double[] Losses(int token, params Intervention[] interventions) =>
            [.. model.Loss(new EvaluationSet("one", 0, prompts.Prompts.Select(prompt => prompt with { ScoredPositions = [token - 1] })), interventions).Numerators];
        Intervention ablation = Ablate.Zero(new Mlp(1));
        foreach (Intervention[] interventions in (Intervention[][])[[], [ablation]])
        {
            PerPrompt score = model.InContextScore(prompts, 4, 1, interventions);
            score.Numerators.Zip(Losses(4, interventions).Zip(Losses(1, interventions), (late, early) => late - early), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5);
        }
    }

    [Test]
    public void Prompts_that_are_too_short_say_so()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        FluentActions.Invoking(() => model.InContextScore(prompts)).Should().Throw<ArgumentException>().WithMessage("*'prompt 0'*5 tokens*no token 500*longer prompts*");
        FluentActions.Invoking(() => model.InContextScore(prompts, 2, 2)).Should().Throw<ArgumentException>().WithMessage("*after the early one*");
        FluentActions.Invoking(() => model.InContextScore(prompts, 2, 0)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
