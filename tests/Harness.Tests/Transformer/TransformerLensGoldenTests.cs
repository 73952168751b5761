using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>TransformerLens's own toy models, from their pickled state dicts to every activation that TransformerLens recorded.</summary>
[Category("Golden")]
public sealed class TransformerLensGoldenTests
{
    private const double Activations = 1e-4;
    private const double Probabilities = 1e-5;
    private const string Raw = "tl.raw.";
    private const string Processed = "tl.processed.";
    private const string ProcessedLogits = "tl.processed.logits";

    private static readonly string[] Others = ["tokens", "logits", "loss", "loss_per_token", "generate.tokens", ProcessedLogits];

    private DisposeScope scope = null!;

    public static IEnumerable<TestCaseData> Goldens => GoldenFolder.FileCases("formats", "tl-*", "golden.safetensors");

    [SetUp]
    public void OpenScope() => scope = NewDisposeScope();

    [TearDown]
    public void CloseScope() => scope.Dispose();

    [TestCaseSource(nameof(Goldens))]
    public void A_model_as_it_is_stored(string golden)
    {
        IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(golden);
        expected.Keys.Should().OnlyContain(key => Others.Contains(key) || key.StartsWith(Raw, StringComparison.Ordinal) || key.StartsWith(Processed, StringComparison.Ordinal));
        using ModelWeights weights = Load(golden);
        using var model = new HookedTransformer(weights);
        Tensor tokens = Long(expected["tokens"]);

        Tensor logits = model.Forward(tokens);

        logits.ShouldEqual(expected["logits"], Activations, "logits");
        NextToken.LossPerToken(logits, tokens).ShouldEqual(expected["loss_per_token"], Probabilities, "loss_per_token");
        NextToken.Loss(logits, tokens).Should().BeApproximately(expected["loss"].Floats[0], Probabilities);
        CompareHooks(model, tokens, expected, Raw);
    }

    [TestCaseSource(nameof(Goldens))]
    public void A_processed_model(string golden)
    {
        IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(golden);
        using ModelWeights stored = Load(golden);
        using ModelWeights weights = WeightProcessor.Apply(stored, WeightProcessing.All);
        using var model = new HookedTransformer(weights);
        Tensor tokens = Long(expected["tokens"]);

        model.Forward(tokens).ShouldEqual(expected[ProcessedLogits], Activations, ProcessedLogits);
        CompareHooks(model, tokens, expected, Processed);
    }

    [TestCaseSource(nameof(Goldens))]
    public void Greedy_continuation(string golden)
    {
        IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(golden);
        using ModelWeights weights = Load(golden);
        using var model = new HookedTransformer(weights);
        Tensor wanted = Long(expected["generate.tokens"]);
        const int Prompt = 5;

        model.GenerateGreedy(wanted.narrow(1, 0, Prompt), (int)wanted.shape[1] - Prompt).ShouldEqual(expected["generate.tokens"], 0, "generate.tokens");
    }

    private static void CompareHooks(HookedTransformer model, Tensor tokens, IReadOnlyDictionary<string, GoldenTensor> expected, string prefix)
    {
        string[] keys = [.. expected.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && key != ProcessedLogits)];
        keys.Should().NotBeEmpty();
        using CachedRun run = model.RunWithCache(tokens, keys.Select(key => HookPoint.Parse(key[prefix.Length..])));
        foreach (string key in keys)
        {
            run.Cache[key[prefix.Length..]].ShouldEqual(expected[key], key.EndsWith("hook_pattern", StringComparison.Ordinal) ? Probabilities : Activations, key);
        }
    }

    private static ModelWeights Load(string golden) => ModelLoader.Load(Path.GetDirectoryName(GoldenFolder.PathOrIgnore(golden))!);

    private static Tensor Long(GoldenTensor golden) => tensor(golden.Longs, golden.Shape.AsSpan());
}
