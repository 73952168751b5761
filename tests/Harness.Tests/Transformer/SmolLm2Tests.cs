using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>
/// A real model, 135 million parameters, out of a GGUF file with Q4_1 blocks: activations, logits and losses against an independent PyTorch run,
/// to the tolerances of the goldens' README.
/// </summary>
[Category("Golden"), Category("Slow")]
public sealed class SmolLm2Tests
{
    private const double LogitTolerance = 1e-3;
    private const double Relative = 1e-5;
    private const double PatternTolerance = 1e-4;
    private const double LossTolerance = 1e-4;
    private const double SafeMargin = 2e-3;

    private ModelWeights? weights;
    private HookedTransformer model = null!;
    private DisposeScope scope = null!;

    public static IEnumerable<TestCaseData> Prompts() => Names("parity.json", root => root.GetProperty("prompts").EnumerateArray().Select(prompt => prompt.GetProperty("name").GetString()!));

    public static IEnumerable<TestCaseData> Behaviours() => Names("behaviour_prompts.json", root => root.EnumerateObject().Select(entry => entry.Name));

    [OneTimeSetUp]
    public void Load()
    {
        weights = ModelLoader.Load(RepositoryRoot.SharedOrIgnore("models", "smollm2-135m"));
        model = new HookedTransformer(weights);
    }

    [OneTimeTearDown]
    public void Unload()
    {
        model?.Dispose();
        weights?.Dispose();
    }

    [SetUp]
    public void OpenScope() => scope = NewDisposeScope();

    [TearDown]
    public void CloseScope() => scope.Dispose();

    [TestCaseSource(nameof(Prompts))]
    public void Activations_logits_and_losses_are_those_recorded(string name)
    {
        JsonElement prompt = GoldenFolder.Json("smollm2/parity.json").GetProperty("prompts").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        (string Key, GoldenTensor Tensor)[] recorded = [.. GoldenFolder.Tensors("smollm2/parity.safetensors").Where(entry => entry.Key.StartsWith($"{name}.", StringComparison.Ordinal)).Select(entry => (entry.Key[(name.Length + 1)..], entry.Value))];
        long[] positions = Longs(prompt, "positions");
        long[] ids = Longs(prompt, "ids");
        Tensor tokens = tensor(ids, 1, ids.Length);
        HookPoint[] points = [.. recorded.Where(entry => entry.Key.StartsWith("blocks.", StringComparison.Ordinal)).Select(entry => PointOf(entry.Key)).Concat(Enumerable.Range(0, model.Config.Layers).Select(Hook.ResidPost)).Distinct()];

        using CachedRun run = model.RunWithCache(tokens, points);

        Tensor last = run.Output[0, -1];
        last.index_select(0, tensor(Longs(prompt, "top50_ids"))).ShouldEqual(new GoldenTensor([50], GoldenFolder.Numbers(prompt.GetProperty("top50_logits"))), LogitTolerance, "top50_logits");
        NextToken.Loss(run.Output, tokens).Should().BeApproximately(prompt.GetProperty("mean_loss").GetDouble(), LossTolerance);
        foreach ((string key, GoldenTensor expected) in recorded)
        {
            switch (key)
            {
                case "logits_last":
                    last.ShouldEqual(expected, LogitTolerance, key);
                    break;
                case "per_token_loss":
                    NextToken.LossPerToken(run.Output, tokens)[0].ShouldEqual(expected, LossTolerance, key);
                    break;
                case "resid_post_norm":
                    ShouldEqualRelatively(stack([.. Enumerable.Range(0, model.Config.Layers).Select(layer => run.Cache[Hook.ResidPost(layer)][0].norm(-1))]), expected, key);
                    break;
                case var _ when key.Contains("hook_pattern", StringComparison.Ordinal):
                    run.Cache[PointOf(key)][0, int.Parse(key.Split('.')[^1])].ShouldEqual(expected, PatternTolerance, key);
                    break;
                case var _ when key.EndsWith(".last", StringComparison.Ordinal):
                    ShouldEqualRelatively(run.Cache[PointOf(key)][0, -1], expected, key);
                    break;
                default:
                    Tensor activation = run.Cache[PointOf(key)][0];
                    ShouldEqualRelatively(activation.shape[0] == expected.Shape[0] ? activation : activation.index_select(0, tensor(positions)), expected, key);
                    break;
            }
        }
    }

    [TestCaseSource(nameof(Prompts))]
    public void Greedy_continuations_are_those_recorded(string name)
    {
        JsonElement prompt = GoldenFolder.Json("smollm2/parity.json").GetProperty("prompts").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        long[] ids = Longs(prompt, "ids");
        long[] greedy = Longs(prompt, "greedy");

        // Behind a near tie, any continuation is as good as the recorded one.
        int certain = GoldenFolder.Numbers(prompt.GetProperty("greedy_margin")).TakeWhile(margin => margin > SafeMargin).Count();
        Tensor generated = model.GenerateGreedy(tensor(ids, 1, ids.Length), certain);

        certain.Should().BePositive();
        generated[0].data<long>().ToArray()[ids.Length..].Should().Equal(greedy[..certain]);
    }

    [TestCaseSource(nameof(Behaviours))]
    public void Logits_of_answers_are_those_recorded(string behaviour)
    {
        const int Sample = 3;
        JsonElement[] prompts = [.. GoldenFolder.Json("smollm2/behaviour_prompts.json").GetProperty(behaviour).EnumerateArray().Take(Sample)];
        foreach (JsonElement prompt in prompts)
        {
            long[] ids = Longs(prompt, "prompt");
            Tensor logits = model.Forward(tensor(ids, 1, ids.Length), new ForwardOptions { LogitsAt = tensor(new long[] { ids.Length - 1 }, 1, 1) })[0, 0];

            ((double)logits[prompt.GetProperty("answer").GetInt64()].item<float>()).Should().BeApproximately(prompt.GetProperty("ans_logit").GetDouble(), LogitTolerance);
            ((double)logits[prompt.GetProperty("foil").GetInt64()].item<float>()).Should().BeApproximately(prompt.GetProperty("foil_logit").GetDouble(), LogitTolerance);
        }
    }

    private static IEnumerable<TestCaseData> Names(string file, Func<JsonElement, IEnumerable<string>> names)
    {
        string path = Path.Combine(GoldenFolder.Root, "smollm2", file);
        return File.Exists(path)
            ? names(GoldenFolder.Json(path)).Select(name => new TestCaseData(name))
            : [new TestCaseData("absent").Ignore($"'{path}' is absent: CIRCUITSPECS_GOLDENS or ../shared/goldens holds it.")];
    }

    // blocks.0.attn.hook_pattern.2 and blocks.0.mlp.hook_post.last are parts of the activations at the points of the first four words.
    private static HookPoint PointOf(string key)
    {
        string[] words = key.Split('.');
        bool partial = words[^1] == "last" || int.TryParse(words[^1], out _);
        return HookPoint.Parse(partial ? string.Join('.', words[..^1]) : key);
    }

    private static long[] Longs(JsonElement element, string key) => [.. element.GetProperty(key).EnumerateArray().Select(item => item.GetInt64())];

    /// <summary>Compares to a part of the largest entry: what the residual stream carries in a few dimensions is thousands of times the rest.</summary>
    private static void ShouldEqualRelatively(Tensor actual, GoldenTensor expected, string key) =>
        actual.ShouldEqual(expected, Relative * expected.Floats.Max(Math.Abs), key);
}
