using System.Collections.Immutable;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Analysis;

/// <summary>What the logit lens says at one point of the residual stream, per prompt.</summary>
/// <param name="Label">The point: <c>0_pre</c>, <c>0_mid</c>, <c>final_post</c>.</param>
/// <param name="AnswerLogit">The answer's logit.</param>
/// <param name="AnswerLogProbability">Log of the answer's probability, in nats.</param>
/// <param name="AnswerRank">How many tokens have a larger logit than the answer: 0 where it is the likeliest.</param>
/// <param name="LogitDifference">Logit of the answer minus that of the foil; null where prompts have no foils.</param>
/// <param name="FrozenScaleLogitDifference">The same with the scale that ln_final has at the end of the run in place of the point's own; null where prompts have no foils.</param>
/// <param name="ResidualNorm">Euclidean norm of the residual stream.</param>
/// <param name="Top">The likeliest tokens of each prompt with their logits, the likeliest first.</param>
public sealed record LensPoint(
    string Label,
    PerPrompt AnswerLogit,
    PerPrompt AnswerLogProbability,
    PerPrompt AnswerRank,
    PerPrompt? LogitDifference,
    PerPrompt? FrozenScaleLogitDifference,
    PerPrompt ResidualNorm,
    ImmutableArray<ImmutableArray<TokenLogit>> Top);
