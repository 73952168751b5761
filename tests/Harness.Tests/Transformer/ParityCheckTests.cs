using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using CircuitSpecs.Transformer.Parity;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>That the comparison notices what it is there to notice.</summary>
[Category("Golden")]
public sealed class ParityCheckTests
{
    private Dictionary<string, ReferenceTensor> reference = null!;
    private ModelWeights weights = null!;
    private HookedTransformer model = null!;

    [SetUp]
    public void Load()
    {
        string golden = GoldenFolder.PathOrIgnore("architectures", "gpt2", "golden.safetensors");
        reference = new(ParityReference.Read(golden), StringComparer.Ordinal);
        weights = ModelLoader.Load(Path.GetDirectoryName(golden)!);
        model = new HookedTransformer(weights);
    }

    [TearDown]
    public void Free()
    {
        model?.Dispose();
        weights?.Dispose();
    }

    [TestCase("logits", 1e-3)]
    [TestCase("float64.logits", 1e-3)]
    [TestCase("loss", 1e-4)]
    [TestCase("hf.hidden_states.0", 1e-3)]
    [TestCase("hf.attentions.1", 1e-4)]
    [TestCase("tl.processed.logits", 1e-3)]
    [TestCase("generate.tokens", 1)]
    [TestCase("logits", double.NaN)]
    public void One_changed_number_is_found_at_its_key(string key, double by)
    {
        ReferenceTensor tensor = reference[key];
        reference[key] = tensor with { Values = tensor.Values.SetItem(tensor.Values.Length - 1, tensor.Values[^1] + by) };

        ParityReport report = ParityCheck.Run(model, reference);

        report.Passed.Should().BeFalse();
        ParityRow failed = report.Rows.Should().ContainSingle(row => !row.Passed).Subject;
        failed.Key.Should().Be(key);
        failed.Difference.Should().BeGreaterThan(by is double.NaN ? double.MaxValue : by * 0.5);
    }

    [TestCase("tl.raw.blocks.9.hook_resid_pre")]
    [TestCase("tl.raw.nonsense")]
    [TestCase("hf.hidden_states.99")]
    [TestCase("nonsense")]
    public void Unknown_keys_fail(string key)
    {
        reference[key] = reference["logits"];

        ParityCheck.Run(model, reference).Rows.Should().ContainSingle(row => !row.Passed).Which.Should().Match<ParityRow>(row => row.Key == key && row.Problem!.StartsWith("unknown key"));
    }

    [TestCase("tokens")]
    [TestCase("padded.attention_mask")]
    [TestCase("padded.logits")]
    public void Keys_that_others_need_are_missed(string key)
    {
        reference.Remove(key);

        ParityCheck.Run(model, reference).Rows.Should().Contain(row => row.Key == key && !row.Passed && row.Problem!.StartsWith("missing"));
    }

    [Test]
    public void Reference_of_nothing_does_not_pass() => ParityCheck.Run(model, new Dictionary<string, ReferenceTensor>()).Passed.Should().BeFalse();
}
