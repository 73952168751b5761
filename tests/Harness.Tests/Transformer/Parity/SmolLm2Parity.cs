using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using CircuitSpecs.Transformer.Parity;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer.Parity;

/// <summary>SmolLM2-135M against <c>goldens/smollm2/parity.*</c>, whose keys have a layout of their own; tolerances are those of its README.</summary>
internal static class SmolLm2Parity
{
    /// <summary>For logits, absolute.</summary>
    public const double Logits = 1e-3;

    /// <summary>For losses in nats and for attention patterns, absolute.</summary>
    public const double Probabilities = 1e-4;

    /// <summary>For every other activation: a part of the largest entry of its row, or of the norm that the residual stream has had at its position.</summary>
    public const double Relative = 1e-5;

    /// <summary>The golden's path below the goldens.</summary>
    public const string Golden = "smollm2/parity.safetensors";

    private static readonly ConcurrentDictionary<string, ImmutableArray<ParityRow>> Compared = new(StringComparer.Ordinal);

    /// <summary>The prompts of the golden, by name.</summary>
    public static IEnumerable<string> Prompts() => [.. Recorded().Select(prompt => prompt.GetProperty("name").GetString()!)];

    /// <summary>The model's folder; the running test is ignored where it is absent.</summary>
    public static string ModelOrIgnore() => RepositoryRoot.SharedOrIgnore("models", "smollm2-135m");

    /// <summary>Everything that was recorded of all prompts, for the table of <c>docs/parity.md</c>.</summary>
    public static GoldenReport Report()
    {
        if (!Prompts().All(Compared.ContainsKey))
        {
            using ModelWeights weights = ModelLoader.Load(ModelOrIgnore());
            using var model = new HookedTransformer(weights);
            foreach (string name in Prompts())
            {
                Rows(model, name);
            }
        }

        return new GoldenReport(Golden, ModelLoader.ReadConfig(ModelOrIgnore()).ModelType, GoldenReports.StoredAs(ModelOrIgnore()), [.. Prompts().SelectMany(name => Compared[name])]);
    }

    /// <summary>Everything that was recorded of a prompt: one row a key.</summary>
    public static ImmutableArray<ParityRow> Rows(HookedTransformer model, string name) => Compared.GetOrAdd(name, _ => Compare(model, name));

    private static ImmutableArray<ParityRow> Compare(HookedTransformer model, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement prompt = Recorded().Single(entry => entry.GetProperty("name").GetString() == name);
        (string Key, GoldenTensor Tensor)[] recorded = [.. GoldenFolder.Tensors(Golden).Where(entry => entry.Key.StartsWith($"{name}.", StringComparison.Ordinal)).Select(entry => (entry.Key[(name.Length + 1)..], entry.Value))];
        long[] positions = Longs(prompt, "positions");
        long[] ids = Longs(prompt, "ids");
        Tensor tokens = tensor(ids, 1, ids.Length);
        HookPoint[] points = [.. recorded.Where(entry => entry.Key.StartsWith("blocks.", StringComparison.Ordinal)).Select(entry => PointOf(entry.Key)).Concat(Enumerable.Range(0, model.Config.Layers).Select(Hook.ResidPost)).Distinct()];

        using CachedRun run = model.RunWithCache(tokens, points);

        Tensor last = run.Output[0, -1];
        float[] norms = recorded.Single(entry => entry.Key == "resid_post_norm").Tensor.Floats;
        var rows = ImmutableArray.CreateBuilder<ParityRow>();
        Absolute("top50_logits", last.index_select(0, tensor(Longs(prompt, "top50_ids"))), new GoldenTensor([50], GoldenFolder.Numbers(prompt.GetProperty("top50_logits"))), Logits);
        rows.Add(new ParityRow($"{name}.mean_loss", Math.Abs(NextToken.Loss(run.Output, tokens) - prompt.GetProperty("mean_loss").GetDouble()), Probabilities));
        foreach ((string key, GoldenTensor expected) in recorded)
        {
            switch (key)
            {
                case "logits_last":
                    Absolute(key, last, expected, Logits);
                    break;
                case "per_token_loss":
                    Absolute(key, NextToken.LossPerToken(run.Output, tokens)[0], expected, Probabilities);
                    break;
                case "resid_post_norm":
                    Tensor ours = stack([.. Enumerable.Range(0, model.Config.Layers).Select(layer => run.Cache[Hook.ResidPost(layer)][0].norm(-1))]);
                    Relatively(key, ours.view(-1, 1), expected with { Shape = [norms.Length, 1] }, index => Carried(index / ids.Length, index % ids.Length));
                    break;
                case var _ when key.Contains("hook_pattern", StringComparison.Ordinal):
                    Absolute(key, run.Cache[PointOf(key)][0, int.Parse(key.Split('.')[^1])], expected, Probabilities);
                    break;
                case var _ when key.EndsWith("hook_resid_post", StringComparison.Ordinal):
                    Relatively(key, run.Cache[PointOf(key)][0].index_select(0, tensor(positions)), expected, row => Carried(PointOf(key).Layer!.Value, (int)positions[row]));
                    break;
                case var _ when key.EndsWith(".last", StringComparison.Ordinal):
                    Relatively(key, run.Cache[PointOf(key)][0, -1].unsqueeze(0), expected with { Shape = [1, .. expected.Shape] }, null);
                    break;
                default:
                    Relatively(key, run.Cache[PointOf(key)][0], expected, null);
                    break;
            }
        }

        return rows.ToImmutable();

        // What a layer's output is relative to: the largest norm that the residual stream has had there. The last layers take away what the third one wrote.
        double Carried(int layer, int position) => Enumerable.Range(0, layer + 1).Max(below => norms[(below * ids.Length) + position]);

        void Absolute(string key, Tensor actual, GoldenTensor expected, double tolerance) => rows.Add(new ParityRow($"{name}.{key}", actual.LargestDifference(expected, key), tolerance));

        void Relatively(string key, Tensor actual, GoldenTensor expected, Func<int, double>? scaleOf)
        {
            actual.shape.Should().Equal(expected.Shape, "that is the shape of '{0}'", key);
            int width = expected.Floats.Length / (int)expected.Shape[0];
            double largest = Enumerable.Range(0, (int)expected.Shape[0]).Max(row =>
            {
                float[] values = expected.Floats[(row * width)..((row + 1) * width)];
                double difference = actual[row].reshape(-1).LargestDifference(new GoldenTensor([width], values), key);
                return difference == 0 ? 0 : difference / (scaleOf?.Invoke(row) ?? values.Max(Math.Abs));
            });
            rows.Add(new ParityRow($"{name}.{key}", largest, Relative));
        }
    }

    private static IEnumerable<JsonElement> Recorded() => GoldenFolder.Json("smollm2/parity.json").GetProperty("prompts").EnumerateArray();

    // blocks.0.attn.hook_pattern.2 and blocks.0.mlp.hook_post.last are parts of the activations at the points of the first four words.
    private static HookPoint PointOf(string key)
    {
        string[] words = key.Split('.');
        bool partial = words[^1] == "last" || int.TryParse(words[^1], out _);
        return HookPoint.Parse(partial ? string.Join('.', words[..^1]) : key);
    }

    private static long[] Longs(JsonElement element, string key) => [.. element.GetProperty(key).EnumerateArray().Select(item => item.GetInt64())];
}
