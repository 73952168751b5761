using CircuitSpecs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Transformer.Parity;

/// <summary>
/// Runs a model on the tokens of a reference and compares everything that the reference recorded: logits and losses, hidden states and
/// attentions as Hugging Face transformers names them (<c>hf.</c>), TransformerLens's hooks of the unprocessed model (<c>tl.raw.</c>), with split
/// inputs (<c>tl.split.</c>) and of the processed model (<c>tl.processed.</c>), left-padded prompts (<c>padded.</c>), greedy generation.
/// </summary>
public sealed class ParityCheck
{
    private const string HiddenStates = "hf.hidden_states.";
    private const string Attentions = "hf.attentions.";
    private const string Raw = "tl.raw.";
    private const string Split = "tl.split.";
    private const string Processed = "tl.processed.";

    // TransformerLens copies the residual stream for each head only where it is told to, which gives ln1 an axis of heads: such hooks need runs of their own.
    private static readonly string[] SeparateRuns = ["hook_q_input", "hook_k_input", "hook_v_input", "hook_attn_in"];

    private readonly HookedTransformer model;
    private readonly IReadOnlyDictionary<string, ReferenceTensor> reference;
    private readonly ParityTolerances tolerances;
    private readonly int promptLength;
    private readonly SortedDictionary<string, ParityRow> rows = new(StringComparer.Ordinal);

    private ParityCheck(HookedTransformer model, IReadOnlyDictionary<string, ReferenceTensor> reference, ParityTolerances tolerances, int promptLength)
    {
        this.model = model;
        this.reference = reference;
        this.tolerances = tolerances;
        this.promptLength = promptLength;
    }

    /// <summary>Compares a model with a reference.</summary>
    /// <param name="model">The model, unprocessed.</param>
    /// <param name="reference">What another program computed, by key.</param>
    /// <param name="tolerances">How far apart results may lie.</param>
    /// <param name="promptLength">How many ids of <c>generate.tokens</c> are the prompt.</param>
    /// <returns>A row for every key. A key that is not known, or that lacks another one it depends on, is a row with a problem.</returns>
    public static ParityReport Run(HookedTransformer model, IReadOnlyDictionary<string, ReferenceTensor> reference, ParityTolerances? tolerances = null, int promptLength = 5)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(reference);
        using DisposeScope scope = NewDisposeScope();
        var check = new ParityCheck(model, reference, tolerances ?? new ParityTolerances(), promptLength);
        check.CompareAll();
        return new ParityReport([.. check.rows.Values]);
    }

    private void CompareAll()
    {
        if (Tokens("tokens") is Tensor tokens)
        {
            Guard(["logits", "float64.logits", "loss", "loss_per_token"], () => CompareLogits(tokens));
            Guard(Keys(HiddenStates, Attentions), () => CompareHuggingFace(tokens));
            foreach (IGrouping<string, string> run in Keys(Raw).GroupBy(key => SeparateRuns.FirstOrDefault(hook => key.EndsWith(hook, StringComparison.Ordinal)) ?? ""))
            {
                Guard([.. run], () => CompareHooks(model, tokens, [.. run], Raw, []));
            }

            string[] split = Keys(Split);
            Guard(split, () => CompareHooks(model, tokens, split, Split, [.. split.Select(key => Point(key, Split)).OfType<HookPoint>().Where(point => point.Layer is not null).Select(point => Hook.QInput(point.Layer!.Value)).Distinct()]));
            Guard(Keys(Processed), () => CompareProcessed(tokens));
        }
        else if (reference.Keys.Any(key => !key.StartsWith("padded.", StringComparison.Ordinal) && key != "generate.tokens") || reference.Count == 0)
        {
            Fail("tokens", "missing: every other key is about these token ids");
        }

        ComparePadded();
        CompareGenerated();
        foreach (string key in reference.Keys.Where(key => !rows.ContainsKey(key)))
        {
            bool compared = key is "tokens" or "padded.tokens" or "padded.attention_mask";
            if (!compared)
            {
                Fail(key, rows.ContainsKey("tokens") ? "not compared: 'tokens' is missing or wrong" : "unknown key");
            }
        }

        if (rows.Count == 0)
        {
            Fail("logits", "missing: nothing was recorded that could be compared");
        }
    }

    private void CompareLogits(Tensor tokens)
    {
        if (!reference.Keys.Any(key => key is "logits" or "float64.logits" or "loss" or "loss_per_token"))
        {
            return;
        }

        Tensor logits = model.Forward(tokens);
        Compare("logits", logits, tolerances.Logits);
        if (reference.TryGetValue("float64.logits", out ReferenceTensor? last) && last.Shape.Length == 3)
        {
            long positions = Math.Min(last.Shape[1], logits.shape[1]);
            Compare("float64.logits", logits.narrow(1, logits.shape[1] - positions, positions), tolerances.Logits);
        }
        else if (last is not null)
        {
            Fail("float64.logits", $"has {last.Shape.Length} dimensions, expected [batch, last positions, vocabulary]");
        }

        Compare("loss_per_token", () => NextToken.LossPerToken(logits, tokens), tolerances.Probabilities);
        if (reference.TryGetValue("loss", out ReferenceTensor? loss))
        {
            Add("loss", [], [NextToken.Loss(logits, tokens)], loss, tolerances.Probabilities);
        }
    }

    private void CompareHuggingFace(Tensor tokens)
    {
        string[] keys = Keys(HiddenStates, Attentions);
        if (keys.Length == 0)
        {
            return;
        }

        var points = new Dictionary<string, HookPoint>(StringComparer.Ordinal);
        foreach (string key in keys)
        {
            bool state = key.StartsWith(HiddenStates, StringComparison.Ordinal);
            int most = state ? model.Config.Layers : model.Config.Layers - 1;
            if (!int.TryParse(key[(state ? HiddenStates : Attentions).Length..], out int layer) || layer < 0 || layer > most)
            {
                Fail(key, $"unknown key: the model has {model.Config.Layers} layers");
                continue;
            }

            // Hugging Face's last hidden state is after the final norm.
            points[key] = !state ? Hook.Pattern(layer) : layer == model.Config.Layers ? Hook.UnembedIn : Hook.ResidPre(layer);
        }

        using CachedRun run = model.RunWithCache(tokens, points.Values.Distinct());
        foreach ((string key, HookPoint point) in points)
        {
            Compare(key, run.Cache[point], key.StartsWith(Attentions, StringComparison.Ordinal) ? tolerances.Probabilities : tolerances.Activations);
        }
    }

    private void CompareProcessed(Tensor tokens)
    {
        string[] keys = Keys(Processed);
        if (keys.Length == 0)
        {
            return;
        }

        using ModelWeights weights = WeightProcessor.Apply(model.Weights, WeightProcessing.All);
        using var processed = new HookedTransformer(weights);
        Compare("tl.processed.logits", () => processed.Forward(tokens), tolerances.Activations);
        CompareHooks(processed, tokens, [.. keys.Where(key => key != "tl.processed.logits")], Processed, []);
    }

    private void CompareHooks(HookedTransformer running, Tensor tokens, string[] keys, string prefix, HookPoint[] more)
    {
        var available = running.HookPoints.ToHashSet();
        var points = new Dictionary<string, HookPoint>(StringComparer.Ordinal);
        foreach (string key in keys)
        {
            if (Point(key, prefix) is HookPoint point && available.Contains(point))
            {
                points.Add(key, point);
            }
            else
            {
                Fail(key, $"unknown key: this model has no hook '{key[prefix.Length..]}'");
            }
        }

        if (points.Count == 0)
        {
            return;
        }

        using CachedRun run = running.RunWithCache(tokens, points.Values.Concat(more).Distinct());
        foreach ((string key, HookPoint point) in points)
        {
            Compare(key, run.Cache[point], key.EndsWith("hook_pattern", StringComparison.Ordinal) ? tolerances.Probabilities : tolerances.Activations);
        }
    }

    private void ComparePadded()
    {
        string[] all = ["padded.tokens", "padded.attention_mask", "padded.logits"];
        string[] absent = [.. all.Where(key => !reference.ContainsKey(key))];
        if (absent.Length > 0)
        {
            if (absent.Length < all.Length)
            {
                Array.ForEach(absent, key => Fail(key, $"missing: the other keys of 'padded.' need it"));
                Array.ForEach([.. all.Except(absent)], key => Fail(key, $"not compared: '{absent[0]}' is missing"));
            }

            return;
        }

        if (Tokens("padded.tokens") is not Tensor tokens || Integers("padded.attention_mask") is not Tensor mask)
        {
            Fail("padded.logits", "not compared: 'padded.tokens' or 'padded.attention_mask' is wrong");
            return;
        }

        // Where the mask is 0 the reference is 0: nothing is asked there.
        Guard(["padded.logits"], () => Compare("padded.logits", model.Forward(tokens, new ForwardOptions { AttentionMask = mask }) * mask.unsqueeze(-1), tolerances.Logits));
    }

    private void CompareGenerated()
    {
        const string Key = "generate.tokens";
        if (Tokens(Key) is not Tensor wanted)
        {
            return;
        }

        if (wanted.shape[1] <= promptLength)
        {
            Fail(Key, $"has {wanted.shape[1]} ids in a row, expected a prompt of {promptLength} and more");
            return;
        }

        Guard([Key], () =>
        {
            Tensor prompt = wanted.narrow(1, 0, promptLength);
            int count = (int)wanted.shape[1] - promptLength;
            Tensor cached = model.GenerateGreedy(prompt, count, useCache: true);
            Compare(Key, cached, 0);
            if (rows[Key].Passed)
            {
                Compare(Key, model.GenerateGreedy(prompt, count, useCache: false), 0);
            }
        });
    }

    private static HookPoint? Point(string key, string prefix)
    {
        try
        {
            return HookPoint.Parse(key[prefix.Length..]);
        }
        catch (UnknownHookException)
        {
            return null;
        }
    }

    // A model that refuses to run (too long a prompt, an id beyond the vocabulary) is a finding about these keys, and the other keys are still to be compared.
    private void Guard(string[] keys, Action compare)
    {
        try
        {
            compare();
        }
        catch (Exception refusal) when (refusal is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            foreach (string key in keys.Where(key => reference.ContainsKey(key) && !rows.ContainsKey(key)))
            {
                Fail(key, refusal.Message);
            }
        }
    }

    private string[] Keys(params string[] prefixes) => [.. reference.Keys.Where(key => prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];

    private Tensor? Tokens(string key)
    {
        if (Integers(key) is not Tensor tokens)
        {
            return null;
        }

        double outside = reference[key].Values.FirstOrDefault(id => id < 0 || id >= model.Config.Vocabulary, -1);
        if (reference[key].Values.Any(id => id < 0 || id >= model.Config.Vocabulary))
        {
            Fail(key, $"holds the token id {outside}; the model has {model.Config.Vocabulary}");
            return null;
        }

        return tokens;
    }

    private Tensor? Integers(string key)
    {
        if (!reference.TryGetValue(key, out ReferenceTensor? stored))
        {
            return null;
        }

        if (stored.Shape.Length != 2 || stored.Values.IsEmpty || stored.Values.Any(value => value != Math.Truncate(value)))
        {
            Fail(key, $"has the shape [{string.Join(", ", stored.Shape)}]; expected whole numbers [batch, pos]");
            return null;
        }

        return tensor(stored.Values.Select(value => (long)value).ToArray(), stored.Shape.AsSpan());
    }

    private void Compare(string key, Func<Tensor> compute, double tolerance)
    {
        if (reference.ContainsKey(key))
        {
            Compare(key, compute(), tolerance);
        }
    }

    private void Compare(string key, Tensor actual, double tolerance)
    {
        if (reference.TryGetValue(key, out ReferenceTensor? expected))
        {
            double[] values = actual.dtype == ScalarType.Int64
                ? Array.ConvertAll(actual.contiguous().data<long>().ToArray(), value => (double)value)
                : Array.ConvertAll(actual.contiguous().data<float>().ToArray(), value => (double)value);
            Add(key, actual.shape, values, expected, tolerance);
        }
    }

    private void Add(string key, long[] shape, double[] values, ReferenceTensor expected, double tolerance)
    {
        if (!expected.Shape.AsSpan().SequenceEqual(shape))
        {
            Fail(key, $"has the shape [{string.Join(", ", expected.Shape)}]; the model gives [{string.Join(", ", shape)}]");
            return;
        }

        double largest = 0;
        for (int i = 0; i < values.Length; i++)
        {
            // Masked scores are -inf on both sides; NaN is never right.
            double difference = values[i] == expected.Values[i] ? 0 : Math.Abs(values[i] - expected.Values[i]);
            largest = Math.Max(largest, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }

        rows[key] = new ParityRow(key, largest, tolerance);
    }

    private void Fail(string key, string problem) => rows[key] = new ParityRow(key, null, null, problem);
}
