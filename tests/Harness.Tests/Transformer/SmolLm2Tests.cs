using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Tokenizers;
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
        float[] norms = recorded.Single(entry => entry.Key == "resid_post_norm").Tensor.Floats;
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
                    Tensor ours = stack([.. Enumerable.Range(0, model.Config.Layers).Select(layer => run.Cache[Hook.ResidPost(layer)][0].norm(-1))]);
                    ShouldEqualRelatively(ours.view(-1, 1), expected with { Shape = [norms.Length, 1] }, index => Carried(index / ids.Length, index % ids.Length), key);
                    break;
                case var _ when key.Contains("hook_pattern", StringComparison.Ordinal):
                    run.Cache[PointOf(key)][0, int.Parse(key.Split('.')[^1])].ShouldEqual(expected, PatternTolerance, key);
                    break;
                case var _ when key.EndsWith("hook_resid_post", StringComparison.Ordinal):
                    ShouldEqualRelatively(run.Cache[PointOf(key)][0].index_select(0, tensor(positions)), expected, row => Carried(PointOf(key).Layer!.Value, (int)positions[row]), key);
                    break;
                case var _ when key.EndsWith(".last", StringComparison.Ordinal):
                    ShouldEqualRelatively(run.Cache[PointOf(key)][0, -1].unsqueeze(0), expected with { Shape = [1, .. expected.Shape] }, null, key);
                    break;
                default:
                    ShouldEqualRelatively(run.Cache[PointOf(key)][0], expected, null, key);
                    break;
            }
        }

        // What a layer's output is relative to: the largest norm that the residual stream has had there. The last layers take away what the third one wrote.
        double Carried(int layer, int position) => Enumerable.Range(0, layer + 1).Max(below => norms[(below * ids.Length) + position]);
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
        int compared = 0;
        foreach (JsonElement prompt in prompts)
        {
            if (prompt.TryGetProperty("ans_logit", out JsonElement answer))
            {
                long[] ids = Longs(prompt, "prompt");
                Tensor logits = model.Forward(tensor(ids, 1, ids.Length), new ForwardOptions { LogitsAt = tensor(new long[] { ids.Length - 1 }, 1, 1) })[0, 0];
                double Logit(string token) => logits[prompt.GetProperty(token).GetInt64()].item<float>();

                Logit("answer").Should().BeApproximately(answer.GetDouble(), LogitTolerance);
                Logit("foil").Should().BeApproximately(prompt.GetProperty("foil_logit").GetDouble(), LogitTolerance);
                compared++;
            }
            else if (prompt.TryGetProperty("loss", out JsonElement loss))
            {
                long[] ids = Longs(prompt, "ids");
                Tensor tokens = tensor(ids, 1, ids.Length);
                Tensor losses = NextToken.LossPerToken(model.Forward(tokens), tokens)[0];
                ((double)losses[TensorIndex.Slice(prompt.GetProperty("start").GetInt64() - 1)].mean().item<float>()).Should().BeApproximately(loss.GetDouble(), LossTolerance);
                compared++;
            }
        }

        if (compared == 0)
        {
            Assert.Ignore($"{behaviour}: no logits and no losses are recorded prompt by prompt.");
        }
    }

    [Test]
    public void The_tokenizer_in_the_file_gives_the_recorded_ids()
    {
        var tokenizer = TokenizerFolder.Load(RepositoryRoot.SharedOrIgnore("models", "smollm2-135m"));
        JsonElement parity = GoldenFolder.Json("smollm2/parity.json");

        foreach (JsonElement entry in parity.GetProperty("tokenizer").EnumerateArray())
        {
            tokenizer.ToTokens(entry.GetProperty("text").GetString()!, prependBos: false).Select(id => (long)id).Should().Equal(Longs(entry, "ids"));
        }

        foreach (JsonElement prompt in parity.GetProperty("prompts").EnumerateArray())
        {
            // The ids begin with 0, which stands for no text; one prompt is cut.
            long[] ids = Longs(prompt, "ids")[1..];
            tokenizer.ToTokens(prompt.GetProperty("text").GetString()!, prependBos: false).Take(ids.Length).Select(id => (long)id).Should().Equal(ids);
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

    /// <summary>Compares row by row, to a part of the row's scale; without one, of its largest entry.</summary>
    private static void ShouldEqualRelatively(Tensor actual, GoldenTensor expected, Func<int, double>? scaleOf, string key)
    {
        actual.shape.Should().Equal(expected.Shape, "that is the shape of '{0}'", key);
        int rows = (int)expected.Shape[0];
        int width = expected.Floats.Length / rows;
        for (int row = 0; row < rows; row++)
        {
            float[] values = expected.Floats[(row * width)..((row + 1) * width)];
            actual[row].reshape(-1).ShouldEqual(new GoldenTensor([width], values), Relative * (scaleOf?.Invoke(row) ?? values.Max(Math.Abs)), $"{key}, row {row}");
        }
    }
}
