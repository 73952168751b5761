using System.Runtime.InteropServices;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Checkpoints;
using CircuitSpecs.Models.Checkpoints.Gguf;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Tokenizers;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Checkpoints.Gguf;

public sealed class GgufCheckpointTests
{
    private TemporaryFolder folder = null!;

    private static IEnumerable<TestCaseData> Models() => GoldenFolder.FileCases("formats/gguf", "", "tiny-*.golden.safetensors");

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCaseSource(nameof(Models)), Category("Golden")]
    public void Logits_and_greedy_continuation_are_those_recorded(string golden)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(golden);
        using ModelWeights weights = ModelLoader.Load(GoldenFolder.PathOrIgnore(golden).Replace(".golden.safetensors", ".gguf", StringComparison.Ordinal));
        using var model = new HookedTransformer(weights);
        GoldenTensor tokens = expected["tokens"];
        GoldenTensor generated = expected["generate.tokens"];

        model.Forward(tensor(tokens.Longs, tokens.Shape.AsSpan())).ShouldEqual(expected["logits"], 1e-4, "logits");

        int prompt = PromptLength(tokens, generated);
        Tensor start = tensor(generated.Longs, generated.Shape.AsSpan()).narrow(1, 0, prompt);
        model.GenerateGreedy(start, (int)generated.Shape[1] - prompt).ShouldEqual(generated, 0, "generate.tokens");
    }

    // The architecture goldens rewritten as a GGUF file, as llama.cpp's converter would.
    [TestCase("llama")]
    [TestCase("llama3-rope")]
    [TestCase("qwen2")]
    [Category("Golden")]
    public void An_architecture_that_comes_as_gguf_has_the_logits_of_its_golden(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        string source = GoldenFolder.PathOrIgnore("architectures", name);
        IReadOnlyDictionary<string, GoldenTensor> expected = GoldenFolder.Tensors(Path.Combine(source, "golden.safetensors"));
        using ModelWeights weights = ModelLoader.Load(Converted.FromHuggingFace(source).Save(folder.Below("converted.gguf")));
        using var model = new HookedTransformer(weights);

        weights.Config.ModelType.Should().Be(GoldenFolder.Json(Path.Combine(source, "config.json")).GetProperty("model_type").GetString());
        model.Forward(tensor(expected["tokens"].Longs, expected["tokens"].Shape.AsSpan())).ShouldEqual(expected["logits"], 5e-5, name);
    }

    [Test]
    public void Rows_of_queries_and_keys_come_in_hugging_faces_order()
    {
        float[] Rows(int count) => [.. Enumerable.Range(0, count * TinyLlama.Width).Select(i => (float)i)];
        using GgufCheckpoint checkpoint = GgufCheckpoint.Open(TinyLlama.Writer()
            .Without("blk.0.attn_q.weight").Tensor("blk.0.attn_q.weight", [8, TinyLlama.Width], Rows(8))
            .Without("blk.0.attn_v.weight").Tensor("blk.0.attn_v.weight", [4, TinyLlama.Width], Rows(4)).Save(folder.Below("m.gguf")));

        float[] queries = Read(checkpoint, "model.layers.0.self_attn.q_proj.weight");
        float[] values = Read(checkpoint, "model.layers.0.self_attn.v_proj.weight");

        Enumerable.Range(0, 8).Select(row => queries[row * TinyLlama.Width] / TinyLlama.Width).Should().Equal(0, 2, 1, 3, 4, 6, 5, 7);
        queries[(3 * TinyLlama.Width) + 5].Should().Be((3 * TinyLlama.Width) + 5);
        values.Should().Equal(Rows(4));
        byte[] part = new byte[50];
        checkpoint.CopyBytes(checkpoint.Tensors["model.layers.0.self_attn.q_proj.weight"], 21, part);
        part.Should().Equal(MemoryMarshal.AsBytes(queries.AsSpan()).Slice(21, 50).ToArray());
    }

    [Test]
    public void The_metadata_become_the_configuration()
    {
        ModelConfig config = ModelLoader.ReadConfig(TinyLlama.Writer().Add("tokenizer.ggml.bos_token_id", 1u).Save(folder.Below("m.gguf")));

        config.ModelType.Should().Be("llama");
        (config.Layers, config.DModel, config.Heads, config.KeyValueHeads, config.DHead, config.DMlp, config.Vocabulary, config.Context).Should().Be((1, 8, 2, 1, 4, 12, 5, 16));
        (config.NormEpsilon, config.Rotary!.Base, config.Rotary.Dimensions, config.TiedUnembedding, config.BosToken, config.EosToken).Should().Be((1e-5, 5e4, 4, true, 1, null));
    }

    [Test]
    public void A_folder_with_a_gguf_file_alone_is_a_model()
    {
        TinyLlama.Writer().Save(folder.Below("org", "tiny", "any name.gguf"));
        using var store = new ModelStore(new ModelSearchPath([folder.Path]));

        store.List().Should().ContainSingle().Which.Should().BeEquivalentTo(new { Name = "org/tiny", ModelType = "llama" });
        ModelWeights weights = store.Weights("org/tiny");
        weights.Name.Should().Be("org/tiny");
        using var model = new HookedTransformer(weights);
        model.CanRunForward.Should().BeTrue();
        store.Weights(Path.Combine(folder.Path, "org", "tiny", "any name.gguf")).Hash.Should().Be(weights.Hash);
    }

    [Test]
    public void The_tokenizer_of_a_folder_with_a_gguf_file_alone_comes_from_its_metadata()
    {
        string file = TinyLlama.Writer()
            .Set("tokenizer.ggml.scores", null).Set("tokenizer.ggml.tokens", (string[])["a", "b", "Ġ", "ab", "<end>"]).Add("tokenizer.ggml.token_type", (int[])[1, 1, 1, 1, 3])
            .Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", "smollm").Add("tokenizer.ggml.merges", (string[])["a b"]).Add("tokenizer.ggml.eos_token_id", 4u)
            .Save(folder.Below("m.gguf"));

        foreach (string path in (string[])[folder.Path, file])
        {
            Tokenizer tokenizer = TokenizerFolder.Load(path);
            tokenizer.ToTokens("ab a<end>", prependBos: false).Should().Equal(3, 2, 0, 4);
            tokenizer.EosToken.Should().Be(4);
        }
    }

    [Test]
    public void A_gguf_file_without_a_tokenizer_says_so()
    {
        Action load = () => TokenizerFolder.Load(TinyLlama.Writer().Save(folder.Below("m.gguf")));
        load.Should().Throw<ModelLoadException>().WithMessage("*tokenizer.ggml.model is missing*no tokenizer*");
    }

    [Test]
    public void Of_several_gguf_files_none_is_guessed()
    {
        TinyLlama.Writer().Save(folder.Below("a.Q4_0.gguf"));
        TinyLlama.Writer().Save(folder.Below("b.Q8_0.gguf"));

        Refusal(folder.Path).Should().Contain("it is one of 2 .gguf files in the folder");
        ModelLoader.Load(folder.Below("b.Q8_0.gguf")).Dispose();
    }

    [TestCase("general.architecture", "phi3", "general.architecture: expected one of llama, qwen2, found 'phi3'")]
    [TestCase("general.architecture", null, "general.architecture: expected one of llama, qwen2, found nothing")]
    [TestCase("general.type", "adapter", "general.type: expected model, found 'adapter'")]
    [TestCase("split.count", (ushort)3, "split.count: expected 1: join the parts*found 3")]
    [TestCase("llama.block_count", null, "llama.block_count is missing")]
    [TestCase("llama.block_count", 2_000_000u, "llama.block_count: expected at most one block for each of 11 tensors, found 2000000")]
    [TestCase("llama.block_count", 2u, "parameters that m.gguf asks for are missing: layers.1.input_layernorm.weight")]
    [TestCase("llama.block_count", "one", "llama.block_count: expected a whole number, found 'one'")]
    [TestCase("llama.attention.head_count", 3u, "llama.attention.head_count: expected a divisor of llama.embedding_length (8), found 3")]
    [TestCase("llama.attention.head_count_kv", 3u, "llama.attention.head_count_kv: expected a divisor of llama.attention.head_count (2), found 3")]
    [TestCase("llama.attention.layer_norm_rms_epsilon", null, "llama.attention.layer_norm_rms_epsilon: expected a positive number, found nothing")]
    [TestCase("llama.attention.layer_norm_rms_epsilon", float.NaN, "llama.attention.layer_norm_rms_epsilon: expected a positive number, found NaN")]
    [TestCase("llama.rope.dimension_count", 2u, "llama.rope.dimension_count: expected 4, the width of a head*found 2")]
    [TestCase("llama.rope.scaling.type", "yarn", "llama.rope.scaling.type: expected none or linear, found 'yarn'")]
    [TestCase("llama.rope.scaling.factor", 2f, "llama.rope.scaling.factor: expected 1, as llama.rope.scaling.type is none, found 2")]
    [TestCase("llama.expert_count", 8u, "llama.expert_count: expected 0: nothing else is supported, found 8")]
    [TestCase("llama.logit_scale", 0.5f, "llama.logit_scale: expected nothing: this option is not supported, found 0.5")]
    [TestCase("llama.vocab_size", 6u, "tensor 'model.embed_tokens.weight': m.gguf asks for shape [6, 8], found [5, 8]")]
    public void Metadata_that_do_not_fit_are_refused(string key, object? value, string message) =>
        Refusal(TinyLlama.Writer().Set(key, value).Save(folder.Below("m.gguf"))).Should().Match($"*{message}*");

    [Test]
    public void Linear_scaling_of_positions_is_read()
    {
        GgufWriter writer = TinyLlama.Writer().Add("llama.rope.scaling.type", "linear").Add("llama.rope.scaling.factor", 4f);

        ModelLoader.ReadConfig(writer.Save(folder.Below("m.gguf"))).Rotary!.LinearFactor.Should().Be(4);
    }

    [Test]
    public void Factors_of_frequencies_that_no_llama_3_has_are_refused() =>
        Refusal(TinyLlama.Writer().Tensor("rope_freqs.weight", [2], [1, 0.5f]).Save(folder.Below("m.gguf"))).Should().Contain("no Llama 3 scaling");

    [Test]
    public void A_tensor_that_nobody_knows_is_refused() =>
        Refusal(TinyLlama.Writer().Tensor("blk.0.attn_q_norm.weight", [4], [1, 1, 1, 1]).Save(folder.Below("m.gguf"))).Should().Contain("1 tensors are not known").And.Contain("blk.0.attn_q_norm.weight");

    [Test]
    public void Two_tensors_for_one_parameter_are_refused() =>
        Refusal(TinyLlama.Writer().Tensor("model.norm.weight", [8], new float[8]).Save(folder.Below("m.gguf"))).Should().Contain("both stand for 'model.norm.weight'");

    private static string Refusal(string path)
    {
        Action load = () => ModelLoader.Load(path).Dispose();
        return load.Should().Throw<ModelLoadException>().Which.Message;
    }

    private static float[] Read(GgufCheckpoint checkpoint, string name)
    {
        using Tensor values = checkpoint.ReadFloat32(checkpoint.Tensors[name]);
        return values.data<float>().ToArray();
    }

    // The generated rows begin with the prompt: the longest beginning that they share with the tokens.
    private static int PromptLength(GoldenTensor tokens, GoldenTensor generated)
    {
        int length = 0;
        while (length < tokens.Shape[1] && length < generated.Shape[1] && Enumerable.Range(0, (int)generated.Shape[0]).All(row => tokens.Longs[(row * tokens.Shape[1]) + length] == generated.Longs[(row * generated.Shape[1]) + length]))
        {
            length++;
        }

        return length is > 0 and < int.MaxValue && length < generated.Shape[1] ? length : throw new InvalidOperationException($"The tokens and the generated ones share {length} at the beginning.");
    }
}
