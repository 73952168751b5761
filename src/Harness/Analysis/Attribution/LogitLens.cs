using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// The logit lens (nostalgebraist 2020): the residual stream at the answer position, at every point of the model, taken through ln_final
/// and the unembedding as if the model ended there. ln_final takes the point's own mean and scale; the frozen version divides by the
/// scale of the last point instead, so that differences between points are what components write directly
/// (<c>accumulated_resid(apply_ln=True)</c> of TransformerLens).
/// </summary>
public sealed class LogitLens
{
    private const long LogitsAtOnce = 8L << 20;

    private readonly ImmutableDictionary<string, LensPoint> byLabel;

    private LogitLens(ImmutableArray<LensPoint> points)
    {
        Points = points;
        byLabel = points.ToImmutableDictionary(point => point.Label);
    }

    /// <summary>The points in the order of the model.</summary>
    public ImmutableArray<LensPoint> Points { get; }

    /// <summary>One point.</summary>
    /// <param name="label"><c>3_pre</c>, <c>3_mid</c> or <c>final_post</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such point.</exception>
    public LensPoint this[string label] => byLabel.TryGetValue(label, out LensPoint? point)
        ? point
        : throw new KeyNotFoundException($"'{label}' is not a point of the lens: {string.Join(", ", Points.Select(known => known.Label))}.");

    /// <summary>Looks through the lens; once per model and prompt set, where there is no intervention.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts with answers; with foils for the logit differences.</param>
    /// <param name="includeMid">Whether to look between attention and MLP too, in models that have such a place.</param>
    /// <param name="top">How many of the likeliest tokens to keep.</param>
    /// <param name="interventions">Changes to the runs.</param>
    /// <exception cref="InvalidOperationException">A prompt has no answer.</exception>
    public static LogitLens Of(HookedTransformer model, PromptSet prompts, bool includeMid = true, int top = 5, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        AnswerMetrics.RequireAnswers(prompts, foils: false);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top, model.Config.Vocabulary);
        return PromptRuns.Remembered(
            model,
            prompts,
            interventions,
            $"logit lens {includeMid} {top}",
            () => Measure(model, prompts, includeMid, top, interventions),
            lens => lens.Points.Length * prompts.Count * 16L * (6 + top));
    }

    private static LogitLens Measure(HookedTransformer model, PromptSet prompts, bool includeMid, int top, Intervention[] interventions)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        var stack = ResidualVectors.Accumulated(model, prompts, at: null, includeMid, interventions);
        return new LogitLens([.. stack.Labels.Select(label => Look(model, prompts, label, stack[label], stack["final_post"], top))]);
    }

    private static LensPoint Look(HookedTransformer model, PromptSet prompts, string label, Tensor residual, Tensor last, int top)
    {
        bool foils = prompts.Prompts.All(prompt => prompt.Foil is not null);
        var answers = new List<double>();
        var logProbabilities = new List<double>();
        var ranks = new List<double>();
        var differences = new List<double>();
        var frozenDifferences = new List<double>();
        var norms = new List<double>();
        var likeliest = new List<ImmutableArray<TokenLogit>>();

        // As many prompts at once as keep the logits, the largest thing here, small.
        int rows = (int)Math.Max(1, LogitsAtOnce / model.Config.Vocabulary);
        foreach (Prompt[] chunk in prompts.Prompts.Chunk(rows))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor here = residual.narrow(0, answers.Count, chunk.Length);
            Tensor logits = Unembed(model, Normalization.Of(model.Weights, "ln_final", here));
            Tensor right = Tokens(chunk, prompt => prompt.Answer!.Value);
            Tensor answer = logits.gather(1, right);
            if (foils)
            {
                Tensor wrong = Tokens(chunk, prompt => prompt.Foil!.Value);
                Tensor frozen = Unembed(model, Frozen(model, here, last.narrow(0, answers.Count, chunk.Length)));
                differences.AddRange(Numbers(answer - logits.gather(1, wrong)));
                frozenDifferences.AddRange(Numbers(frozen.gather(1, right) - frozen.gather(1, wrong)));
            }

            logProbabilities.AddRange(Numbers(NextToken.LogProbabilities(logits).gather(1, right)));
            ranks.AddRange(Numbers(logits.gt(answer).sum([1])));
            norms.AddRange(Numbers(here.to(ScalarType.Float64).square().sum([-1]).sqrt()));
            likeliest.AddRange(SingularDirections.Top(logits, top));
            answers.AddRange(Numbers(answer));
        }

        return new LensPoint(
            label,
            new PerPrompt(answers),
            new PerPrompt(logProbabilities),
            new PerPrompt(ranks),
            foils ? new PerPrompt(differences) : null,
            foils ? new PerPrompt(frozenDifferences) : null,
            new PerPrompt(norms),
            [.. likeliest]);
    }

    /// <summary>ln_final with the scale of another vector: linear in the residual stream, up to its shift.</summary>
    private static Tensor Frozen(HookedTransformer model, Tensor residual, Tensor last)
    {
        if (model.Config.Norm == NormKind.None)
        {
            return residual;
        }

        bool centres = model.Config.Norm == NormKind.LayerNorm;
        Tensor scale = ((centres ? Centred(last) : last).square().mean([-1], keepdim: true) + model.Config.NormEpsilon).sqrt();
        Tensor normalized = (centres ? Centred(residual) : residual) / scale;
        normalized = model.Weights.TryGet("ln_final.w", out Tensor? gain) ? normalized * gain : normalized;
        return model.Weights.TryGet("ln_final.b", out Tensor? shift) ? normalized + shift : normalized;
    }

    private static Tensor Centred(Tensor x) => x - x.mean([-1], keepdim: true);

    private static Tensor Unembed(HookedTransformer model, Tensor normalized)
    {
        Tensor logits = normalized.matmul(model.Weights["unembed.W_U"]);
        logits = model.Weights.TryGet("unembed.b_U", out Tensor? bias) ? logits + bias : logits;
        return model.Config.LogitSoftCap is double cap ? (logits / cap).tanh() * cap : logits;
    }

    private static Tensor Tokens(Prompt[] prompts, Func<Prompt, int> token) => tensor(prompts.Select(prompt => (long)token(prompt)).ToArray(), [prompts.Length, 1]);

    private static double[] Numbers(Tensor values) => values.to(ScalarType.Float64).reshape(-1).data<double>().ToArray();
}
