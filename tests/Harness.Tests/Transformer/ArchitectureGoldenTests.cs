using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>
/// The forward pass against Hugging Face transformers and TransformerLens, activation by activation. Every recorded key
/// belongs to one of the groups below; one that belongs to none fails <see cref="Every_recorded_key_is_compared"/>.
/// </summary>
[Category("Golden")]
public sealed class ArchitectureGoldenTests
{
    private const double Activations = 1e-4;
    private const double Logits = 5e-5;
    private const double Probabilities = 1e-5;

    private static readonly string[] Compared =
        ["tokens", "logits", "float64.logits", "loss", "loss_per_token", "hf.hidden_states.", "hf.attentions.", "padded.tokens", "padded.attention_mask", "padded.logits", "generate.tokens", "tl.raw.", "tl.split.", "tl.processed."];

    private DisposeScope scope = null!;

    public static IEnumerable<TestCaseData> Goldens => GoldenFolder.FileCases("architectures", "*", "golden.safetensors");

    [SetUp]
    public void OpenScope() => scope = NewDisposeScope();

    [TearDown]
    public void CloseScope() => scope.Dispose();

    [TestCaseSource(nameof(Goldens))]
    public void Every_recorded_key_is_compared(string golden)
    {
        GoldenFolder.Tensors(golden).Keys.Should().OnlyContain(key => Compared.Any(known => known.EndsWith('.') ? key.StartsWith(known, StringComparison.Ordinal) : key == known));
    }

    [TestCaseSource(nameof(Goldens))]
    public void Logits_and_losses(string golden)
    {
        (HookedTransformer model, Tensor tokens, IReadOnlyDictionary<string, GoldenTensor> expected) = Open(golden);

        Tensor logits = model.Forward(tokens);

        logits.ShouldEqual(expected["logits"], Logits, "logits");
        logits.narrow(1, logits.shape[1] - 4, 4).ShouldEqual(expected["float64.logits"], Logits, "float64.logits");
        NextToken.LossPerToken(logits, tokens).ShouldEqual(expected["loss_per_token"], Probabilities, "loss_per_token");
        NextToken.Loss(logits, tokens).Should().BeApproximately(expected["loss"].Floats[0], Probabilities);
    }

    [TestCaseSource(nameof(Goldens))]
    public void Hidden_states_and_attentions_of_hugging_face(string golden)
    {
        (HookedTransformer model, Tensor tokens, IReadOnlyDictionary<string, GoldenTensor> expected) = Open(golden);
        using CachedRun run = model.RunWithCache(tokens, [.. model.HookPoints.Where(point => point.Site is "hook_resid_pre" or "attn.hook_pattern" or "unembed.hook_in")]);

        foreach ((string key, GoldenTensor tensor) in Of(expected, "hf.hidden_states."))
        {
            int layer = int.Parse(key.Split('.')[^1]);
            Tensor actual = layer == model.Config.Layers ? run.Cache[Hook.UnembedIn] : run.Cache[Hook.ResidPre(layer)];
            actual.ShouldEqual(tensor, Activations, key);
        }

        foreach ((string key, GoldenTensor tensor) in Of(expected, "hf.attentions."))
        {
            run.Cache[Hook.Pattern(int.Parse(key.Split('.')[^1]))].ShouldEqual(tensor, Probabilities, key);
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Raw_activations_of_transformer_lens(string golden)
    {
        (HookedTransformer model, Tensor tokens, IReadOnlyDictionary<string, GoldenTensor> expected) = Open(golden);
        (string Key, GoldenTensor Tensor)[] recorded = [.. Of(expected, "tl.raw.")];

        // As the goldens were made: the inputs of single heads come from runs of their own, since ln1 then has an axis of heads.
        string[] separately = ["hook_q_input", "hook_k_input", "hook_v_input", "hook_attn_in"];
        ILookup<string, (string Key, GoldenTensor Tensor)> runs = recorded.ToLookup(entry => separately.FirstOrDefault(hook => entry.Key.EndsWith(hook, StringComparison.Ordinal)) ?? string.Empty);

        foreach (IGrouping<string, (string Key, GoldenTensor Tensor)> group in runs)
        {
            Compare(model, tokens, group, "tl.raw.");
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Activations_with_split_inputs_of_transformer_lens(string golden)
    {
        (HookedTransformer model, Tensor tokens, IReadOnlyDictionary<string, GoldenTensor> expected) = Open(golden);
        (string Key, GoldenTensor Tensor)[] recorded = [.. Of(expected, "tl.split.")];
        HookPoint[] points = [.. recorded.Select(entry => HookPoint.Parse(entry.Key["tl.split.".Length..]))];
        IEnumerable<HookPoint> splitting = points.Select(point => Hook.QInput(point.Layer!.Value)).Distinct();

        using CachedRun run = model.RunWithCache(tokens, [.. points, .. splitting]);

        foreach ((string key, GoldenTensor tensor) in recorded)
        {
            run.Cache[key["tl.split.".Length..]].ShouldEqual(tensor, Activations, key);
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Processed_activations_of_transformer_lens(string golden)
    {
        (HookedTransformer raw, Tensor tokens, IReadOnlyDictionary<string, GoldenTensor> expected) = Open(golden);
        using ModelWeights weights = WeightProcessor.Apply(raw.Weights, WeightProcessing.All);
        using var model = new HookedTransformer(weights);

        model.Forward(tokens).ShouldEqual(expected["tl.processed.logits"], Activations, "tl.processed.logits");
        Compare(model, tokens, Of(expected, "tl.processed.").Where(entry => entry.Key != "tl.processed.logits"), "tl.processed.");
    }

    [TestCaseSource(nameof(Goldens))]
    public void Logits_of_left_padded_prompts(string golden)
    {
        (HookedTransformer model, _, IReadOnlyDictionary<string, GoldenTensor> expected) = Open(golden);
        Tensor mask = Long(expected["padded.attention_mask"]);

        Tensor logits = model.Forward(Long(expected["padded.tokens"]), new ForwardOptions { AttentionMask = mask });

        (logits * mask.unsqueeze(-1)).ShouldEqual(expected["padded.logits"], Logits, "padded.logits");
    }

    [TestCaseSource(nameof(Goldens))]
    public void Greedy_continuation(string golden)
    {
        (HookedTransformer model, _, IReadOnlyDictionary<string, GoldenTensor> expected) = Open(golden);
        Tensor wanted = Long(expected["generate.tokens"]);
        const int Prompt = 5;

        foreach (bool useCache in (bool[])[true, false])
        {
            Tensor generated = model.GenerateGreedy(wanted.narrow(1, 0, Prompt), (int)wanted.shape[1] - Prompt, useCache: useCache);

            generated.ShouldEqual(expected["generate.tokens"], 0, $"generate.tokens, useCache: {useCache}");
        }
    }

    private static void Compare(HookedTransformer model, Tensor tokens, IEnumerable<(string Key, GoldenTensor Tensor)> recorded, string prefix)
    {
        (string Key, GoldenTensor Tensor)[] entries = [.. recorded];
        using CachedRun run = model.RunWithCache(tokens, entries.Select(entry => HookPoint.Parse(entry.Key[prefix.Length..])));
        foreach ((string key, GoldenTensor tensor) in entries)
        {
            run.Cache[key[prefix.Length..]].ShouldEqual(tensor, key.EndsWith("hook_pattern", StringComparison.Ordinal) ? Probabilities : Activations, key);
        }
    }

    private static IEnumerable<(string Key, GoldenTensor Tensor)> Of(IReadOnlyDictionary<string, GoldenTensor> golden, string prefix)
    {
        (string, GoldenTensor)[] found = [.. golden.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(entry => (entry.Key, entry.Value))];
        found.Should().NotBeEmpty("a golden records '{0}*'", prefix);
        return found;
    }

    private static (HookedTransformer Model, Tensor Tokens, IReadOnlyDictionary<string, GoldenTensor> Expected) Open(string golden)
    {
        IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(golden);
        var model = new HookedTransformer(ModelLoader.Load(Path.GetDirectoryName(GoldenFolder.PathOrIgnore(golden))!));
        return (model, Long(expected["tokens"]), expected);
    }

    private static Tensor Long(GoldenTensor golden) => tensor(golden.Longs, golden.Shape.AsSpan());
}
