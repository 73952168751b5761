using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Tests.Transformer.Parity;
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
    private const double LogitTolerance = SmolLm2Parity.Logits;
    private const double LossTolerance = SmolLm2Parity.Probabilities;
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
    public void Activations_logits_and_losses_are_those_recorded(string name) => SmolLm2Parity.Rows(model, name).Where(row => !row.Passed).Should().BeEmpty();

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

    private static long[] Longs(JsonElement element, string key) => [.. element.GetProperty(key).EnumerateArray().Select(item => item.GetInt64())];
}
