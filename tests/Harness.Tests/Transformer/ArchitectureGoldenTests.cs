using System.Collections.Immutable;
using CircuitSpecs.Tests.Transformer.Parity;
using CircuitSpecs.Transformer.Parity;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>The forward pass against Hugging Face transformers and TransformerLens, activation by activation, by the same comparison that <c>circuits parity</c> makes.</summary>
[Category("Golden")]
public sealed class ArchitectureGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => GoldenFolder.FileCases("architectures", "*", "golden.safetensors");

    [TestCaseSource(nameof(Goldens))]
    public void Every_recorded_key_is_compared(string golden)
    {
        string[] inputs = ["tokens", "padded.tokens", "padded.attention_mask"];
        Rows(golden).Select(row => row.Key).Should().BeEquivalentTo(GoldenFolder.Tensors(golden).Keys.Except(inputs));
    }

    [TestCaseSource(nameof(Goldens))]
    public void Logits_and_losses(string golden) => ShouldPass(golden, "logits", "float64.logits", "loss", "loss_per_token");

    [TestCaseSource(nameof(Goldens))]
    public void Hidden_states_and_attentions_of_hugging_face(string golden) => ShouldPass(golden, "hf.hidden_states.", "hf.attentions.");

    [TestCaseSource(nameof(Goldens))]
    public void Raw_activations_of_transformer_lens(string golden) => ShouldPass(golden, "tl.raw.");

    [TestCaseSource(nameof(Goldens))]
    public void Activations_with_split_inputs_of_transformer_lens(string golden) => ShouldPass(golden, "tl.split.");

    [TestCaseSource(nameof(Goldens))]
    public void Processed_activations_of_transformer_lens(string golden) => ShouldPass(golden, "tl.processed.", "tl.processed.logits");

    [TestCaseSource(nameof(Goldens))]
    public void Logits_of_left_padded_prompts(string golden) => ShouldPass(golden, "padded.logits");

    [TestCaseSource(nameof(Goldens))]
    public void Greedy_continuation(string golden) => ShouldPass(golden, "generate.tokens");

    private static void ShouldPass(string golden, params string[] groups)
    {
        ImmutableArray<ParityRow> rows = Rows(golden);
        foreach (string group in groups)
        {
            rows.Should().Contain(row => group.EndsWith('.') ? row.Key.StartsWith(group, StringComparison.Ordinal) : row.Key == group, "a golden records '{0}'", group);
        }

        rows.Where(row => !row.Passed && Array.Exists(groups, group => group.EndsWith('.') ? row.Key.StartsWith(group, StringComparison.Ordinal) : row.Key == group)).Should().BeEmpty();
    }

    private static ImmutableArray<ParityRow> Rows(string golden) => GoldenReports.Of(golden, new ParityTolerances()).Rows;
}
