using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>The same numbers out of every container of a GPT-2 checkpoint, against Hugging Face transformers.</summary>
[Category("Golden")]
public sealed class FormatGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => GoldenFolder.FileCases("formats", "gpt*", "golden.safetensors");

    [TestCaseSource(nameof(Goldens))]
    public void Logits(string golden)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(golden);
        expected.Keys.Should().BeEquivalentTo("tokens", "logits");
        using ModelWeights weights = ModelLoader.Load(Path.GetDirectoryName(GoldenFolder.PathOrIgnore(golden))!);
        using var model = new HookedTransformer(weights);

        Tensor logits = model.Forward(tensor(expected["tokens"].Longs, expected["tokens"].Shape.AsSpan()));

        logits.ShouldEqual(expected["logits"], 1e-4, golden);
    }
}
