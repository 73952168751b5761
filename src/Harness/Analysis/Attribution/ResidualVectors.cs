using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>
/// Vectors of the residual stream at one position of every prompt, stacked: the stream itself after each point, or what is added to it. As
/// <c>accumulated_resid</c>, <c>decompose_resid</c> and <c>stack_head_results</c> of TransformerLens's <c>ActivationCache</c>.
/// </summary>
/// <param name="Labels">What each vector is.</param>
/// <param name="Values">[prompt, label, d_model], in the caller's dispose scope.</param>
public sealed record ResidualVectors(ImmutableArray<string> Labels, Tensor Values)
{
    /// <summary>The vectors of one label, [prompt, d_model].</summary>
    /// <param name="label">One of <see cref="Labels"/>.</param>
    /// <exception cref="KeyNotFoundException">There is no such label.</exception>
    public Tensor this[string label] => Labels.IndexOf(label) is var index and >= 0
        ? Values.select(1, index)
        : throw new KeyNotFoundException($"'{label}' is not in the stack: {string.Join(", ", Labels)}.");

    /// <summary>The residual stream before each block (<c>0_pre</c>), between attention and MLP where the model has such a place (<c>0_mid</c>), and at the end (<c>final_post</c>).</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="at">The position; null for each prompt's answer position.</param>
    /// <param name="includeMid">Whether to take the places within blocks.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static ResidualVectors Accumulated(HookedTransformer model, PromptSet prompts, Position? at = null, bool includeMid = true, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelConfig config = model.Config;
        bool mid = includeMid && !config.AttentionOnly && !config.ParallelBlock;
        return Collect(model, prompts, at, interventions, [
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => ((string, HookPoint)[])[
                ($"{layer}_pre", Hook.ResidPre(layer)),
                .. mid ? ((string, HookPoint)[])[($"{layer}_mid", Hook.ResidMid(layer))] : [],
            ]),
            ("final_post", Hook.ResidPost(config.Layers - 1)),
        ]);
    }

    /// <summary>What is added to the residual stream: <c>embed</c>, <c>pos_embed</c> with learned positions, then layer by layer <c>0_attn_out</c> and, where there are MLPs, <c>0_mlp_out</c>. Their sum is the stream at the end.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="at">The position; null for each prompt's answer position.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static ResidualVectors Components(HookedTransformer model, PromptSet prompts, Position? at = null, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelConfig config = model.Config;
        return Collect(model, prompts, at, interventions, [
            ("embed", Hook.Embed),
            .. config.Positions == PositionScheme.Learned ? ((string, HookPoint)[])[("pos_embed", Hook.PosEmbed)] : [],
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => ((string, HookPoint)[])[
                ($"{layer}_attn_out", Hook.AttnOut(layer)),
                .. config.AttentionOnly ? ((string, HookPoint)[])[] : [($"{layer}_mlp_out", Hook.MlpOut(layer))],
            ]),
        ]);
    }

    /// <summary>What each head writes, z W_O without b_O: <c>L0H0</c>, layer by layer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="at">The position; null for each prompt's answer position.</param>
    /// <param name="interventions">Changes to the runs.</param>
    public static ResidualVectors Heads(HookedTransformer model, PromptSet prompts, Position? at = null, params Intervention[] interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelConfig config = model.Config;
        string[] labels = [.. from layer in Enumerable.Range(0, config.Layers) from head in Enumerable.Range(0, config.Heads) select $"L{layer}H{head}"];
        return Collect(model, prompts, at, interventions, labels, Enumerable.Range(0, config.Layers).Select(layer => (layer * config.Heads, Hook.Z(layer), (Func<Tensor, Tensor>)(z =>
            z.reshape(z.shape[0], config.Heads, 1, config.DHead).matmul(model.Weights[$"blocks.{layer}.attn.W_O"]).squeeze(2)))));
    }

    private static ResidualVectors Collect(HookedTransformer model, PromptSet prompts, Position? at, Intervention[] interventions, (string Label, HookPoint Point)[] points) =>
        Collect(model, prompts, at, interventions, [.. points.Select(point => point.Label)], points.Select((point, index) => (index, point.Point, (Func<Tensor, Tensor>)(value => value.unsqueeze(1)))));

    /// <summary>Runs the prompts and keeps what functions make of activations [batch, width] at the position: [batch, n, d_model] from a place in the stack on.</summary>
    private static ResidualVectors Collect(HookedTransformer model, PromptSet prompts, Position? at, Intervention[] interventions, string[] labels, IEnumerable<(int First, HookPoint Point, Func<Tensor, Tensor> Make)> sources)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        int width = model.Config.DModel;
        float[] values = new float[prompts.Count * labels.Length * width];
        (int First, HookPoint Point, Func<Tensor, Tensor> Make)[] kept = [.. sources];
        PromptRuns.Run(
            model,
            prompts,
            interventions,
            0,
            _ => new ForwardOptions { StopAtLayer = model.Config.Layers },
            batch =>
            {
                ImmutableArray<int> positions = at?.In(batch) ?? batch.AnswerPositions();
                Tensor index = tensor(positions.Select(position => (long)position).ToArray(), [batch.Count, 1, 1]);
                return [.. kept.Select(source => ForwardHook.Observing(source.Point, activation =>
                {
                    Tensor flat = activation.reshape(activation.shape[0], activation.shape[1], -1);
                    Tensor there = flat.gather(1, index.expand(batch.Count, 1, flat.shape[2])).squeeze(1);
                    float[] made = source.Make(there).contiguous().data<float>().ToArray();
                    int each = made.Length / batch.Count;
                    for (int row = 0; row < batch.Count; row++)
                    {
                        made.AsSpan(row * each, each).CopyTo(values.AsSpan(((batch.Indices[row] * labels.Length) + source.First) * width));
                    }
                }))];
            },
            (_, _) => { });
        return new ResidualVectors([.. labels], tensor(values, [prompts.Count, labels.Length, width]));
    }
}
