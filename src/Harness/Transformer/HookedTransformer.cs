using System.Collections.Immutable;
using CircuitSpecs.Claims;
using CircuitSpecs.Models;
using CircuitSpecs.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>
/// A transformer whose every intermediate activation can be read and replaced under TransformerLens's names. One class
/// serves all architectures: it is driven by <see cref="ModelConfig"/> and by which parameters are present.
/// Tensors that are returned belong to the caller's dispose scope, or to the caller.
/// </summary>
public sealed class HookedTransformer : IDisposable
{
    private const long MemoBytes = 128L << 20;

    private readonly Tokenizer? tokenizer;
    private readonly ProjectionMatrices projections;
    private readonly AttentionMasks masks = new();
    private readonly Rotation? rotation;
    private readonly AsyncLocal<ImmutableList<ForwardHook>?> ambient = new();

    /// <summary>Makes the model. The weights stay the caller's: several models may share them.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="tokenizer">Its tokenizer, where there is one.</param>
    public HookedTransformer(ModelWeights weights, Tokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Weights = weights;
        this.tokenizer = tokenizer;
        projections = new ProjectionMatrices(weights);
        rotation = weights.Config.Rotary is RotaryEmbedding rotary ? new Rotation(rotary, weights.Config.Context) : null;
    }

    /// <summary>The model's name, as the store knows it.</summary>
    public string Name => Weights.Name;

    /// <summary>Its shape.</summary>
    public ModelConfig Config => Weights.Config;

    /// <summary>Its parameters.</summary>
    public ModelWeights Weights { get; }

    /// <summary>Whether there is a tokenizer.</summary>
    public bool HasTokenizer => tokenizer is not null;

    /// <summary>Its tokenizer.</summary>
    /// <exception cref="InvalidOperationException">The model was made without one.</exception>
    public Tokenizer Tokenizer => tokenizer ?? throw new InvalidOperationException($"Model '{Name}' has no tokenizer: its folder holds no vocabulary that is known (tokenizer.json, vocab.json with or without merges.txt, or a GGUF file that has one).");

    /// <summary>SHA-256 of the weights as stored, in hexadecimal.</summary>
    public string Hash => Weights.Hash;

    /// <summary>What was done to the weights after loading.</summary>
    public WeightProcessing Processing => Weights.Processing;

    /// <summary>Every hook point of this model in the order in which they fire, with those that exist only when asked for.</summary>
    public IReadOnlyList<HookPoint> HookPoints => [.. HookCatalog.PointsIn(Config, onDemand: true)];

    /// <summary>Whether the weights suffice for a forward pass; a checkpoint of attention weights only has heads to look at and cannot run.</summary>
    public bool CanRunForward => MissingParameters().Count == 0;

    internal ModelMemo Memo { get; } = new(MemoBytes);

    /// <summary>Whether a <c>using (Hooks(...))</c> is open, in which nothing may be remembered.</summary>
    internal bool HasAmbientHooks => ambient.Value is { Count: > 0 };

    /// <summary>Runs the model.</summary>
    /// <param name="input">Tokens [batch, pos] int64; with <see cref="ForwardOptions.StartAtLayer"/> the residual stream [batch, pos, d_model].</param>
    /// <param name="options">Which part to run; null runs all of it.</param>
    /// <returns>Logits [batch, pos, d_vocab], or at <see cref="ForwardOptions.LogitsAt"/> [batch, n, d_vocab]; with <see cref="ForwardOptions.StopAtLayer"/> the residual stream.</returns>
    /// <exception cref="ArgumentException">The input is empty, of a wrong shape or type, longer than the context, or has a token outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">Parameters that a forward pass needs are missing.</exception>
    /// <exception cref="InvalidExperimentException">A hook did not fire, or the logits hold NaN.</exception>
    public Tensor Forward(Tensor input, ForwardOptions? options = null) => Run(input, options, []);

    /// <summary>Runs the model with hooks.</summary>
    /// <param name="input">As for <see cref="Forward"/>.</param>
    /// <param name="hooks">The hooks, in the order in which they act at a point.</param>
    /// <returns>As of <see cref="Forward"/>.</returns>
    /// <exception cref="UnknownHookException">The model has no such hook point; the message lists the nearest.</exception>
    /// <exception cref="InvalidExperimentException">A hook did not fire, or the logits hold NaN.</exception>
    public Tensor RunWithHooks(Tensor input, params ForwardHook[] hooks) => Run(input, null, hooks);

    /// <summary>Runs a part of the model with hooks.</summary>
    /// <param name="input">As for <see cref="Forward"/>.</param>
    /// <param name="options">Which part to run.</param>
    /// <param name="hooks">The hooks, in the order in which they act at a point.</param>
    /// <returns>As of <see cref="Forward"/>.</returns>
    /// <exception cref="UnknownHookException">The model has no such hook point; the message lists the nearest.</exception>
    /// <exception cref="InvalidExperimentException">A hook did not fire, or the logits hold NaN.</exception>
    public Tensor RunWithHooks(Tensor input, ForwardOptions options, IEnumerable<ForwardHook> hooks)
    {
        ArgumentNullException.ThrowIfNull(hooks);
        return Run(input, options, [.. hooks]);
    }

    /// <summary>Runs the model and keeps activations. <see cref="CacheBytes"/> says beforehand how much that will be.</summary>
    /// <param name="input">As for <see cref="Forward"/>.</param>
    /// <param name="points">What to keep; null keeps everything but what exists only when asked for by name (<c>hook_result</c>, <c>hook_q_input</c> and their like).</param>
    /// <param name="positions">Which positions to keep (query positions of scores and patterns); null keeps all.</param>
    /// <param name="options">Which part to run; null runs all of it.</param>
    /// <param name="hooks">Hooks that act before an activation is kept.</param>
    /// <returns>The output and the cache; disposing of it frees both.</returns>
    /// <exception cref="UnknownHookException">The model has no such hook point, or <paramref name="points"/> is empty.</exception>
    public CachedRun RunWithCache(Tensor input, IEnumerable<HookPoint>? points = null, Range? positions = null, ForwardOptions? options = null, IEnumerable<ForwardHook>? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        HookPoint[] wanted = points is null ? Reached(options) : [.. points.Select(point => point.In(Config)).Distinct()];
        if (wanted.Length == 0)
        {
            throw UnknownHookException.Matched("No hook point was asked for: a cache of nothing. Leave the argument out to keep everything.");
        }

        if (input.dim() >= 2)
        {
            RequireMemory(CacheBytes(input.shape[0], input.shape[1], wanted, positions));
        }

        var cache = new ActivationCache(Config);
        try
        {
            IEnumerable<ForwardHook> keeping = wanted.Select(point => ForwardHook.Observing(point, activation => cache.Store(point, Slice(point, activation, positions))));
            return new CachedRun(Run(input, options, [.. hooks ?? [], .. keeping]), cache);
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }

    /// <summary>Runs the model and keeps the activations that a filter chooses among those that need not be asked for by name.</summary>
    /// <param name="input">As for <see cref="Forward"/>.</param>
    /// <param name="filter">Which points to keep.</param>
    /// <param name="positions">Which positions to keep; null keeps all.</param>
    /// <param name="options">Which part to run; null runs all of it.</param>
    /// <returns>The output and the cache; disposing of it frees both.</returns>
    /// <exception cref="UnknownHookException">The filter matches nothing.</exception>
    public CachedRun RunWithCache(Tensor input, Func<HookPoint, bool> filter, Range? positions = null, ForwardOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(filter);
        HookPoint[] points = [.. Reached(options).Where(filter)];
        return points.Length > 0
            ? RunWithCache(input, points, positions, options)
            : throw UnknownHookException.Matched("The filter matches no hook point of this run. Points that exist only when asked for (hook_result, hook_q_input and their like) have to be named.");
    }

    /// <summary>Runs the model and keeps the named activations.</summary>
    /// <param name="input">As for <see cref="Forward"/>.</param>
    /// <param name="first">What to keep, for example <c>"pattern4"</c>.</param>
    /// <param name="more">What else to keep.</param>
    /// <returns>The output and the cache; disposing of it frees both.</returns>
    /// <exception cref="UnknownHookException">The model has no such hook point.</exception>
    public CachedRun RunWithCache(Tensor input, HookPoint first, params HookPoint[] more) => RunWithCache(input, (IEnumerable<HookPoint>)[first, .. more]);

    /// <summary>Registers hooks for all runs of this model inside a <c>using</c>, on this flow of control. Scopes nest; outer hooks act first.</summary>
    /// <param name="hooks">The hooks.</param>
    /// <returns>Ends the hooks when disposed of.</returns>
    /// <exception cref="UnknownHookException">The model has no such hook point.</exception>
    public IDisposable Hooks(params ForwardHook[] hooks)
    {
        ArgumentNullException.ThrowIfNull(hooks);
        foreach (ForwardHook hook in hooks)
        {
            hook.Point.In(Config);
        }

        return new HookScope(ambient, hooks).Enter();
    }

    /// <summary>How many bytes a cache will hold.</summary>
    /// <param name="batch">Prompts.</param>
    /// <param name="length">Tokens a prompt.</param>
    /// <param name="points">As for <c>RunWithCache</c>.</param>
    /// <param name="positions">As for <c>RunWithCache</c>.</param>
    /// <exception cref="UnknownHookException">The model has no such hook point.</exception>
    public long CacheBytes(long batch, long length, IEnumerable<HookPoint>? points = null, Range? positions = null)
    {
        HookPoint[] wanted = points is null ? Reached(null) : [.. points.Select(point => point.In(Config)).Distinct()];
        long kept = positions is Range range ? range.GetOffsetAndLength(checked((int)length)).Length : length;
        HashSet<int?> perHead = [.. wanted.Where(point => point.Site is "hook_attn_in" or "hook_q_input" or "hook_k_input" or "hook_v_input").Select(point => point.Layer)];
        long bytes = 0;
        foreach (HookPoint point in wanted)
        {
            HookSite site = HookCatalog.Find(point, Config)!;
            long elements = site.Shape(Config, batch, kept, length).Aggregate(1L, (product, size) => checked(product * size));

            // Where heads read inputs of their own, ln1 normalises one per head; the values' come last and are kept.
            elements *= point.Site is "ln1.hook_scale" or "ln1.hook_normalized" && perHead.Contains(point.Layer) ? Config.KeyValueHeads : 1;
            bytes += elements * (site.Axes == HookAxes.BatchPos ? sizeof(long) : sizeof(float));
        }

        return bytes;
    }

    /// <summary>Continues prompts by the likeliest token, again and again.</summary>
    /// <param name="tokens">[batch, pos] int64.</param>
    /// <param name="count">How many tokens to add.</param>
    /// <param name="attentionMask">[batch, pos] int64, 0 = padding (on the left); null without padding.</param>
    /// <param name="useCache">
    /// Whether to keep keys and values, so that a step computes its own token only; the tokens are the same. Inside a <c>using</c> of hooks every step runs
    /// the whole prompt all the same, since hooks have to see it.
    /// </param>
    /// <returns>[batch, pos + count] int64.</returns>
    public Tensor GenerateGreedy(Tensor tokens, int count, Tensor? attentionMask = null, bool useCache = true)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        using DisposeScope scope = NewDisposeScope();
        using KeyValueCache? cache = useCache && !HasAmbientHooks ? new KeyValueCache() : null;
        Tensor all = tokens.alias();
        for (int step = 0; step < count; step++)
        {
            Tensor input = cache is { Length: > 0 } ? all.narrow(1, cache.Length, all.shape[1] - cache.Length) : all;
            Tensor last = full([input.shape[0], 1], input.shape[1] - 1, ScalarType.Int64);
            Tensor next = Forward(input, new ForwardOptions { LogitsAt = last, AttentionMask = attentionMask, Cache = cache }).argmax(-1);
            all = cat([all, next], 1);
            attentionMask = attentionMask is null ? null : cat([attentionMask, ones_like(next)], 1);
        }

        return all.MoveToOuterDisposeScope();
    }

    /// <summary>Frees what this object made for itself; the weights stay.</summary>
    public void Dispose()
    {
        projections.Dispose();
        masks.Dispose();
        rotation?.Dispose();
    }

    /// <summary>Runs without the hooks of an open <c>using</c>: what describes the model as it is must not depend on where it was asked for.</summary>
    internal Tensor RunPristine(Tensor input, ForwardOptions? options, IReadOnlyList<ForwardHook> hooks) => Execute(input, options ?? ForwardOptions.Default, hooks);

    private static Tensor Slice(HookPoint point, Tensor activation, Range? positions)
    {
        if (positions is not Range range)
        {
            return activation.alias();
        }

        int axis = point.Site is "attn.hook_attn_scores" or "attn.hook_pattern" ? 2 : 1;
        (int offset, int length) = range.GetOffsetAndLength(checked((int)activation.shape[axis]));

        // A copy: a view would keep the whole activation alive.
        return activation.narrow(axis, offset, length).clone();
    }

    private static void RequireMemory(long bytes)
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
        {
            throw new InvalidOperationException($"The cache would hold {bytes / 1e9:F1} GB and this machine has {available / 1e9:F1} GB. Name the points that are needed, or slice positions.");
        }
    }

    private Tensor Run(Tensor input, ForwardOptions? options, IReadOnlyList<ForwardHook> hooks) =>
        Execute(input, options ?? ForwardOptions.Default, [.. ambient.Value ?? [], .. hooks]);

    private Tensor Execute(Tensor input, ForwardOptions options, IReadOnlyList<ForwardHook> hooks)
    {
        ArgumentNullException.ThrowIfNull(input);
        RequireParameters();
        if (options.StartAtLayer is null)
        {
            TokenInput.CheckTokens(input, Config);
        }
        else
        {
            TokenInput.CheckResidual(input, Config);
        }

        TokenInput.CheckIndices(options.LogitsAt, nameof(options.LogitsAt), input, null);
        if (options.Cache is not null && (options.StartAtLayer is not null || options.StopAtLayer is not null))
        {
            throw new ArgumentException($"A run with a {nameof(ForwardOptions.Cache)} passes all layers: leave out {nameof(ForwardOptions.StartAtLayer)} and {nameof(ForwardOptions.StopAtLayer)}.", nameof(options));
        }

        long past = options.Cache?.Length ?? options.Partial?.Prefix?.Length ?? 0;
        if (past + input.shape[1] > Config.Context)
        {
            throw new ArgumentException($"The cache holds {past} tokens and the run adds {input.shape[1]}; the model's context is {Config.Context}.", nameof(input));
        }

        TokenInput.CheckIndices(options.AttentionMask, nameof(options.AttentionMask), input, past + input.shape[1]);
        var table = new HookTable(Config, hooks);
        using IDisposable mode = set_grad_enabled(options.RecordGradients);
        Tensor output = new ForwardPass(Weights, projections, masks, rotation, table).Run(input, options);
        table.RequireAllFired();
        if (options.StopAtLayer is null)
        {
            RequireNumbers(output);
        }

        return output;
    }

    /// <summary>The points that a run passes and that need not be asked for.</summary>
    private HookPoint[] Reached(ForwardOptions? options)
    {
        int first = options?.StartAtLayer is int start ? (start < 0 ? start + Config.Layers : start) : 0;
        int last = options?.StopAtLayer is int stop ? (stop < 0 ? stop + Config.Layers : stop) : Config.Layers;
        return [.. HookCatalog.PointsIn(Config, onDemand: false).Where(point => point.Layer is int layer
            ? layer >= first && layer < last
            : point.Site.StartsWith("ln_final", StringComparison.Ordinal) ? options?.StopAtLayer is null : options?.StartAtLayer is null)];
    }

    private List<string> MissingParameters()
    {
        IEnumerable<string> needed = Config.Positions == PositionScheme.Learned ? ["embed.W_E", "pos_embed.W_pos", "unembed.W_U"] : ["embed.W_E", "unembed.W_U"];
        string[] ofMlp = Config.AttentionOnly ? [] : Config.GatedMlp ? ["mlp.W_gate", "mlp.W_in", "mlp.W_out"] : ["mlp.W_in", "mlp.W_out"];
        string[] inBlock = ["attn.W_Q", "attn.W_K", "attn.W_V", "attn.W_O", .. ofMlp];
        needed = needed.Concat(from layer in Enumerable.Range(0, Config.Layers)
                               from name in inBlock
                               select $"blocks.{layer}.{name}");
        return [.. needed.Where(name => !Weights.Contains(name))];
    }

    private void RequireParameters()
    {
        List<string> missing = MissingParameters();
        if (missing.Count > 0)
        {
            throw new InvalidOperationException($"Model '{Name}' cannot run forward: no {string.Join(", ", missing.Take(4))}{(missing.Count > 4 ? $" and {missing.Count - 4} more" : string.Empty)}. Claims about the weights that are there can still be tested.");
        }
    }

    private void RequireNumbers(Tensor logits)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor broken = isnan(logits);
        if (broken.any().item<bool>())
        {
            bool[] flags = broken.any(2).data<bool>().ToArray();
            int first = Array.IndexOf(flags, true);
            throw new InvalidExperimentException($"NaN in the logits of '{Name}' at {flags.Count(flag => flag)} of {flags.Length} positions, first at prompt {first / logits.shape[1]}, position {first % logits.shape[1]}. Either the weights hold NaN, or a hook took every key from a query.");
        }
    }
}
