using System.Text;
using System.Text.Json.Nodes;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Models.Architectures;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class Gpt2ConfigTests
{
    private readonly TinyGpt2 model = new();
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void Sizes_are_read_and_defaults_are_those_of_Hugging_Face()
    {
        ModelConfig config = Read();
        config.Should().BeEquivalentTo(new ModelConfig
        {
            ModelType = "gpt2",
            Layers = 2,
            DModel = 4,
            Heads = 2,
            DHead = 2,
            DMlp = 6,
            Vocabulary = 5,
            Context = 3,
            Activation = ActivationFunction.GeluTanh,
            NormEpsilon = 1e-5,
            TiedUnembedding = true,
            AttentionDivisor = [Math.Sqrt(2), Math.Sqrt(2)],
            BosToken = null,
            EosToken = null,
        });
    }

    [TestCase("gelu_new", ActivationFunction.GeluTanh)]
    [TestCase("gelu_pytorch_tanh", ActivationFunction.GeluTanh)]
    [TestCase("gelu", ActivationFunction.Gelu)]
    [TestCase("relu", ActivationFunction.Relu)]
    [TestCase("silu", ActivationFunction.Silu)]
    public void Activation_functions_have_the_names_of_Hugging_Face(string name, ActivationFunction expected) =>
        Read(("activation_function", name)).Activation.Should().Be(expected);

    [TestCase("null")]
    [TestCase(null)]
    public void The_MLP_is_four_times_as_wide_as_the_residual_stream_unless_said_otherwise(string? inner)
    {
        model.Config.Remove("n_inner");
        if (inner is not null)
        {
            model.Config["n_inner"] = null;
        }

        Read().DMlp.Should().Be(16);
    }

    [TestCase(true, false, new[] { 1.4142135623730951, 1.4142135623730951 })]
    [TestCase(false, false, new[] { 1.0, 1.0 })]
    [TestCase(true, true, new[] { 1.4142135623730951, 2.8284271247461903 })]
    [TestCase(false, true, new[] { 1.0, 2.0 })]
    public void Scores_are_divided_by_what_the_configuration_says(bool scale, bool byLayer, double[] expected) =>
        Read(("scale_attn_weights", scale), ("scale_attn_by_inverse_layer_idx", byLayer), ("reorder_and_upcast_attn", byLayer)).AttentionDivisor.Should().Equal(expected);

    [Test]
    public void Context_epsilon_tying_and_special_tokens_are_read()
    {
        model.Config.Remove("n_positions");
        ModelConfig config = Read(("n_ctx", 7), ("layer_norm_epsilon", 1e-3), ("tie_word_embeddings", false), ("bos_token_id", 0), ("eos_token_id", 4));
        (config.Context, config.NormEpsilon, config.TiedUnembedding, config.BosToken, config.EosToken).Should().Be((7, 1e-3, false, 0, 4));
    }

    [TestCase("add_cross_attention", "true", "not supported")]
    [TestCase("quantization_config", """{"bits":4}""", "not supported")]
    [TestCase("pruned_heads", """{"0":[1]}""", "not supported")]
    [TestCase("activation_function", "\"mish\"", "one of gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, found \"mish\"")]
    [TestCase("activation_function", "3", "expected a text, found 3")]
    [TestCase("n_head", "3", "a divisor of n_embd (4), found 3")]
    [TestCase("n_head", "0", "found 0")]
    [TestCase("n_layer", "-1", "found -1")]
    [TestCase("n_layer", "1000000000", "from 1 to 10000")]
    [TestCase("n_embd", "\"4\"", "expected a whole number")]
    [TestCase("n_embd", "4.5", "found 4.5")]
    [TestCase("n_embd", "1e99", "found 1e99")]
    [TestCase("vocab_size", "99999999999", "found 99999999999")]
    [TestCase("vocab_size", "null", "vocab_size is missing")]
    [TestCase("n_ctx", "4", "the same as n_positions (3), found 4")]
    [TestCase("layer_norm_epsilon", "-1e-5", "expected a positive number, found -1e-5")]
    [TestCase("layer_norm_epsilon", "1e999", "expected a positive number")]
    [TestCase("scale_attn_weights", "\"yes\"", "expected true or false, found \"yes\"")]
    [TestCase("bos_token_id", "-1", "expected a token id or a list of them, found -1")]
    [TestCase("model_type", "\"gpt3\"", "expected one of bloom, codegen, gemma2, gpt2, gptj, gpt_neo, gpt_neox, llama, mistral, opt, qwen2, transformer_lens")]
    [TestCase("model_type", "null", "found nothing")]
    public void A_wrong_or_unsupported_option_is_refused_by_key(string key, string json, string expected)
    {
        Refusal(key, json).Should().Contain(key).And.Contain(expected);
    }

    [TestCase("NaN")]
    [TestCase("1,,2")]
    [TestCase("1} {")]
    public void What_is_not_JSON_is_refused(string json) => Refusal("layer_norm_epsilon", json).Should().Contain("JSON");

    [Test]
    public void A_key_that_occurs_twice_is_refused() => Refusal("x", "1,\"n_head\":1").Should().Contain("n_head");

    [Test]
    public void A_byte_order_mark_is_allowed()
    {
        string path = Path.Combine(model.WriteTo(folder.Path), "config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(",", ",\r\n", StringComparison.Ordinal), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        ModelLoader.ReadConfig(folder.Path).Layers.Should().Be(2);
    }

    private ModelConfig Read(params (string Key, JsonNode? Value)[] changes)
    {
        foreach ((string key, JsonNode? value) in changes)
        {
            model.Config[key] = value;
        }

        return ModelLoader.ReadConfig(model.WriteTo(folder.Path));
    }

    // Written as text, since half of these values are not what a JSON library would write.
    private string Refusal(string key, string json)
    {
        model.Config.Remove(key);
        string path = Path.Combine(model.WriteTo(folder.Path), "config.json");
        File.WriteAllText(path, $"{File.ReadAllText(path).TrimEnd('}')},\"{key}\":{json}}}");
        Action read = () => ModelLoader.ReadConfig(folder.Path);
        string message = read.Should().Throw<ModelLoadException>().Which.Message;
        message.Should().StartWith(path);
        return message;
    }
}
