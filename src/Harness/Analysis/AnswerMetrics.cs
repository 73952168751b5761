using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Analysis;

/// <summary>What a model says at the answer positions of prompts: one number per prompt.</summary>
public static class AnswerMetrics
{
    /// <summary>Logit of the answer minus logit of the foil at the answer position.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers and foils.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidOperationException">A prompt has no answer or no foil.</exception>
    /// <exception cref="InvalidExperimentException">An intervention changed nothing, or NaN appeared.</exception>
    public static PerPrompt LogitDifference(this HookedTransformer model, PromptSet prompts, params Intervention[] interventions)
    {
        RequireAnswers(prompts, foils: true);
        var readout = AnswerReadout.Of(model, prompts, interventions);
        return new PerPrompt(readout.Answer.Zip(readout.Foil, (answer, foil) => answer - foil));
    }

    /// <summary>The share of the logit difference that an intervention leaves: mean with it over mean without it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers and foils.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidExperimentException">The logit difference of the unchanged model is zero, or an intervention changed nothing.</exception>
    public static PerPrompt LogitDifferenceKept(this HookedTransformer model, PromptSet prompts, params Intervention[] interventions) =>
        Ratio(model.LogitDifference(prompts, interventions), model.LogitDifference(prompts), "the logit difference of the unchanged model");

    /// <summary>
    /// How far denoising brings the logit difference back: (patched − corrupt)/(clean − corrupt), each a mean over
    /// prompts; 0 is no effect and 1 is the clean logit difference.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers, foils and corrupted twins.</param>
    /// <param name="patches">Denoising patches.</param>
    /// <exception cref="InvalidExperimentException">Clean and corrupted prompts have the same logit difference, or a patch changed nothing.</exception>
    public static PerPrompt LogitDifferenceRestored(this HookedTransformer model, PromptSet prompts, params Intervention[] patches)
    {
        PerPrompt corrupt = model.LogitDifference(prompts, CorruptRun.Instance);
        return Ratio(model.LogitDifference(prompts, patches) - corrupt, model.LogitDifference(prompts) - corrupt, "the logit difference between clean and corrupted prompts");
    }

    /// <summary>Logit of the answer at the answer position.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidOperationException">A prompt has no answer.</exception>
    public static PerPrompt AnswerLogit(this HookedTransformer model, PromptSet prompts, params Intervention[] interventions)
    {
        RequireAnswers(prompts, foils: false);
        return new PerPrompt(AnswerReadout.Of(model, prompts, interventions).Answer);
    }

    /// <summary>Log of the answer's probability at the answer position, in nats.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidOperationException">A prompt has no answer.</exception>
    public static PerPrompt AnswerLogProbability(this HookedTransformer model, PromptSet prompts, params Intervention[] interventions) =>
        new(LogProbabilities(model, prompts, interventions));

    /// <summary>The answer's probability at the answer position.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidOperationException">A prompt has no answer.</exception>
    public static PerPrompt AnswerProbability(this HookedTransformer model, PromptSet prompts, params Intervention[] interventions) =>
        new(LogProbabilities(model, prompts, interventions).Select(Math.Exp));

    /// <summary>
    /// 1 where the likeliest token at the answer position is the answer, else 0. For prompts without answers: the share
    /// of scored positions whose likeliest token is the next one.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that all have answers, or none of which has.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidOperationException">Some prompts have answers and some do not.</exception>
    public static PerPrompt Accuracy(this HookedTransformer model, PromptSet prompts, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Prompts.All(prompt => prompt.Answer is null))
        {
            return new PerPrompt(ScoredReadout.Of(model, prompts, interventions).Accuracy);
        }

        RequireAnswers(prompts, foils: false);
        return new PerPrompt(AnswerReadout.Of(model, prompts, interventions).Top.Zip(prompts.Prompts, (top, prompt) => top == prompt.Answer ? 1.0 : 0.0));
    }

    internal static void RequireAnswers(PromptSet prompts, bool foils)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        Prompt? lacking = prompts.Prompts.FirstOrDefault(prompt => prompt.Answer is null || (foils && prompt.Foil is null));
        if (lacking is not null)
        {
            throw new InvalidOperationException($"'{lacking.Text}' of prompt family '{prompts.Family}' has no {(lacking.Answer is null ? "answer" : "foil")}; this metric needs one.");
        }
    }

    internal static PerPrompt Ratio(PerPrompt numerator, PerPrompt denominator, string scale) => Math.Abs(denominator.Value) > 1e-6
        ? PerPrompt.RatioOfMeans(numerator, denominator)
        : throw new InvalidExperimentException($"The scale is zero: {scale} is {denominator.Value:G3} on average, so no share of it can be taken.");

    private static IEnumerable<double> LogProbabilities(HookedTransformer model, PromptSet prompts, Intervention[] interventions)
    {
        RequireAnswers(prompts, foils: false);
        var readout = AnswerReadout.Of(model, prompts, interventions);
        return readout.Answer.Zip(readout.LogSumExp, (answer, normaliser) => answer - normaliser);
    }
}
