using CircuitSpecs.Discovery;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Discovery;

/// <summary>
/// The definition of a cut edge, spelt out: one prompt at a time, from the tokens on, every input is put together anew from what belongs to no source
/// (positions, b_O) and from each earlier source's present or other output.
/// </summary>
internal sealed class NaiveEdgeModel(HookedTransformer model)
{
    private readonly ModelConfig config = model.Config;

    /// <summary>The logit difference of a prompt where some edges carry other values.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="isCut">Whether an edge, by its name, carries the other value.</param>
    /// <param name="other">A source's other value [1, pos, d_model], by name.</param>
    public double LogitDifference(Prompt prompt, Func<string, bool> isCut, Func<string, Tensor> other)
    {
        Tensor logits = Logits(prompt, isCut, other);
        return logits[prompt.Answer!.Value].item<float>() - (double)logits[prompt.Foil!.Value].item<float>();
    }

    /// <summary>The logits at the last position, [d_vocab].</summary>
    public Tensor Logits(Prompt prompt, Func<string, bool> isCut, Func<string, Tensor> other)
    {
        var present = new Dictionary<string, Tensor>();
        Tensor nothing = zeros(1);
        Tensor pending = nothing;
        Tensor rest = nothing;
        var hooks = new List<ForwardHook>
        {
            ForwardHook.Observing(Hook.Embed, embedding => present["input"] = Keep(embedding)),
        };
        if (config.Positions == PositionScheme.Learned)
        {
            hooks.Add(ForwardHook.Observing(Hook.PosEmbed, positions => rest = Keep(positions)));
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            int at = layer;
            hooks.Add(Inputs(Hook.QInput(at), config.Heads, head => $"a{at}.h{head}<q>"));
            hooks.Add(Inputs(Hook.KInput(at), config.KeyValueHeads, head => $"a{at}.{Group}{head}<k>"));
            hooks.Add(Inputs(Hook.VInput(at), config.KeyValueHeads, head => $"a{at}.{Group}{head}<v>"));
            hooks.Add(new ForwardHook(Hook.MlpIn(at), (activation, _) => Read($"m{at}", activation, config.ParallelBlock ? at : at + 1)));
            hooks.Add(ForwardHook.Observing(Hook.Result(at), result =>
            {
                for (int head = 0; head < config.Heads; head++)
                {
                    present[$"a{at}.h{head}"] = Keep(result.select(2, head));
                }

                // In a parallel block the MLP reads before this.
                pending = model.Weights.TryGet($"blocks.{at}.attn.b_O", out Tensor? bias) ? bias : nothing;
                rest = config.ParallelBlock ? rest : Keep(rest + pending);
            }));
            hooks.Add(ForwardHook.Observing(Hook.MlpOut(at), written =>
            {
                present[$"m{at}"] = Keep(written);
                rest = config.ParallelBlock ? Keep(rest + pending) : rest;
            }));
        }

        hooks.RemoveAll(hook => config.AttentionOnly && hook.Point.Site.StartsWith("hook_mlp", StringComparison.Ordinal));
        hooks.Add(new ForwardHook(Hook.ResidPost(config.Layers - 1), (activation, _) => Read("logits", activation, config.Layers)));
        long[] tokens = [.. prompt.Tokens.Select(token => (long)token)];
        return model.RunWithHooks(tensor(tokens, [1, tokens.Length]), hooks.ToArray()).select(1, tokens.Length - 1).squeeze(0);

        ForwardHook Inputs(HookPoint point, int heads, Func<int, string> name) => new(point, (activation, _) =>
            stack(Enumerable.Range(0, heads).Select(head => Read(name(head), activation.select(2, head), point.Layer!.Value)).ToArray(), 2));

        // All sources that are there have been written before: an input comes after everything that it may read, but for a parallel MLP.
        Tensor Read(string destination, Tensor activation, int attentionBefore)
        {
            Tensor sum = rest.expand(activation.shape).clone();
            foreach ((string source, Tensor value) in present.Where(pair => !pair.Key.StartsWith('a') || int.Parse(pair.Key[1..pair.Key.IndexOf('.')]) < attentionBefore))
            {
                sum = sum + (isCut($"{source}->{destination}") ? other(source) : value);
            }

            return sum;
        }
    }

    /// <summary>What every source writes on given tokens.</summary>
    public Dictionary<string, Tensor> Outputs(IEnumerable<int> tokens)
    {
        long[] ids = [.. tokens.Select(token => (long)token)];
        using CachedRun run = model.RunWithCache(tensor(ids, [1, ids.Length]), [Hook.Embed, .. Enumerable.Range(0, config.Layers).SelectMany(layer => config.AttentionOnly ? (HookPoint[])[Hook.Result(layer)] : [Hook.Result(layer), Hook.MlpOut(layer)])]);
        var outputs = new Dictionary<string, Tensor> { ["input"] = run.Cache[Hook.Embed].clone() };
        for (int layer = 0; layer < config.Layers; layer++)
        {
            for (int head = 0; head < config.Heads; head++)
            {
                outputs[$"a{layer}.h{head}"] = run.Cache[Hook.Result(layer)].select(2, head).clone();
            }

            if (!config.AttentionOnly)
            {
                outputs[$"m{layer}"] = run.Cache[Hook.MlpOut(layer)].clone();
            }
        }

        return outputs;
    }

    /// <summary>A copy that outlives the scopes of the run.</summary>
    private static Tensor Keep(Tensor activation) => activation.clone().DetachFromDisposeScope();

    private string Group => config.GroupsKeyValues ? "kv" : "h";
}
