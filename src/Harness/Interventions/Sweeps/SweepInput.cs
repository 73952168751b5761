using System.Collections.Immutable;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>What a sweep refuses before it runs anything.</summary>
internal static class SweepInput
{
    private static readonly ImmutableArray<string> OfHeads = ["attn.hook_z", "attn.hook_q", "attn.hook_k", "attn.hook_v", "attn.hook_rot_q", "attn.hook_rot_k", "attn.hook_attn_scores", "attn.hook_pattern"];
    private static readonly ImmutableArray<string> OfLayers = ["hook_resid_pre", "hook_resid_mid", "hook_resid_post", "hook_attn_out", "hook_mlp_out"];

    /// <summary>Positions that were asked for, or all there are.</summary>
    /// <exception cref="ArgumentException">None was asked for, or all were and the prompts differ in length.</exception>
    public static ImmutableArray<Position> Positions(PromptSet prompts, IEnumerable<Position>? positions)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (positions is not null)
        {
            ImmutableArray<Position> named = [.. positions];
            return named.IsEmpty || named.Distinct().Count() < named.Length
                ? throw new ArgumentException($"The positions have to be at least one, each of them once; they are: {(named.IsEmpty ? "none" : string.Join(", ", named))}.", nameof(positions))
                : named;
        }

        int[] lengths = [.. prompts.Prompts.Select(prompt => prompt.Tokens.Length).Distinct().Order()];
        return lengths is [int length]
            ? [.. Enumerable.Range(0, length).Select(index => (Position)index)]
            : throw new ArgumentException($"The prompts of '{prompts.Family}' have {string.Join(", ", lengths)} tokens, so that the same index means different things in them. Name the positions (the family has {string.Join(", ", prompts.Prompts[0].Positions.Keys.DefaultIfEmpty("none"))}), or take prompts of one length.", nameof(positions));
    }

    /// <exception cref="ArgumentException">The prompts lack what the sweep needs.</exception>
    /// <exception cref="UnknownHookException">The model lacks the activation.</exception>
    public static void Check(Sweep sweep)
    {
        ModelConfig config = sweep.Model.Config;
        HookPoint point = sweep.Task.Point(0).In(config);
        ImmutableArray<string> known = sweep.Task.ByHead ? OfHeads : OfLayers;
        if (!known.Contains(point.Site))
        {
            throw new ArgumentException($"A sweep over {(sweep.Task.ByHead ? "heads" : "layers")} changes one of {string.Join(", ", known)}; '{point.Site}' is none of them. Make the interventions one by one instead.");
        }

        foreach (Prompt prompt in sweep.Prompts.Prompts)
        {
            string where = $"'{prompt.Text}' of prompt family '{sweep.Prompts.Family}'";
            if ((sweep.Metric.NeedsAnswer && prompt.Answer is null) || (sweep.Metric.NeedsFoil && prompt.Foil is null))
            {
                throw new ArgumentException($"{where} has no {(sweep.Metric.NeedsAnswer && prompt.Answer is null ? "answer" : "foil")}; the {sweep.Metric} needs one.");
            }

            if (sweep.Task.FromTwin && prompt.Corrupt?.Length != prompt.Tokens.Length)
            {
                throw new ArgumentException(prompt.Corrupt is { } twin
                    ? $"{where} has {prompt.Tokens.Length} tokens and its corrupted twin {twin.Length}; patching needs twins of equal length, position for position."
                    : $"{where} has no corrupted twin; patching needs one of equal length.");
            }
        }
    }
}
