using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Models.Fuzzing;

/// <summary>Damaged configurations and indexes.</summary>
[TestFixture]
public sealed class ConfigFuzzTests
{
    // As the families write them; the sizes are small so that a change of one of them often stays small.
    private static readonly Dictionary<string, string> Configurations = new()
    {
        ["gpt2"] = """{"model_type":"gpt2","n_layer":2,"n_embd":4,"n_head":2,"n_inner":6,"n_positions":3,"n_ctx":3,"vocab_size":5,"activation_function":"gelu_new","layer_norm_epsilon":1e-05,"tie_word_embeddings":true,"scale_attn_by_inverse_layer_idx":false,"reorder_and_upcast_attn":false,"bos_token_id":4,"eos_token_id":4}""",
        ["llama"] = """{"model_type":"llama","hidden_size":16,"intermediate_size":24,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":4,"vocab_size":11,"max_position_embeddings":32,"hidden_act":"silu","rms_norm_eps":1e-06,"rope_theta":10000.0,"rope_scaling":{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":16},"tie_word_embeddings":false,"attention_bias":false,"bos_token_id":1,"eos_token_id":2}""",
        ["gpt_neo"] = """{"model_type":"gpt_neo","hidden_size":16,"num_layers":2,"num_heads":4,"intermediate_size":null,"window_size":4,"attention_types":[[["global","local"],1]],"attention_layers":["global","local"],"max_position_embeddings":32,"vocab_size":11,"activation_function":"gelu_new","layer_norm_epsilon":1e-05}""",
        ["gpt_neox"] = """{"model_type":"gpt_neox","hidden_size":16,"intermediate_size":24,"num_hidden_layers":2,"num_attention_heads":4,"rotary_pct":0.5,"rotary_emb_base":10000,"use_parallel_residual":true,"max_position_embeddings":32,"vocab_size":11,"hidden_act":"gelu","layer_norm_eps":1e-05,"tie_word_embeddings":false}""",
        ["transformer_lens"] = """{"d_model":16,"n_layers":2,"n_heads":4,"d_head":4,"d_mlp":24,"n_ctx":32,"d_vocab":11,"act_fn":"solu_ln","attn_only":false,"normalization":"LN","shortformer_pos":false,"tokenizer_name":"x"}""",
    };

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = TemporaryFolder.InMemory();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void A_model_with_a_changed_configuration()
    {
        new TinyGpt2().WriteTo(folder.Path);
        using ModelWeights original = ModelLoader.Load(folder.Path);
        (int loaded, int refused) = FuzzRun.Of(6, random => JsonMutations.Of(Configurations["gpt2"], random), mutated =>
        {
            File.WriteAllBytes(folder.Below("config.json"), mutated);
            using ModelWeights weights = ModelLoader.Load(folder.Path);
            bool same = weights.Hash == original.Hash && weights.Names.Order().SequenceEqual(original.Names.Order()) && weights["embed.W_E"].Values().SequenceEqual(original["embed.W_E"].Values());
            FuzzRun.Require(same && weights["blocks.0.attn.W_Q"].shape.SequenceEqual([weights.Config.Heads, 4, weights.Config.DHead]), "the weights are those of the file, in the shapes of the configuration");
        });
        loaded.Should().BePositive("some changes are to keys that do not matter");
        refused.Should().BePositive();
    }

    [TestCase("llama")]
    [TestCase("gpt_neo")]
    [TestCase("gpt_neox")]
    [TestCase("transformer_lens")]
    public void A_changed_configuration_alone(string type)
    {
        string file = folder.Below("config.json");
        File.WriteAllText(file, Configurations[type]);
        ModelLoader.ReadConfig(folder.Path).ModelType.Should().Be(type, "the seed itself is valid");
        FuzzRun.Of(7, random => JsonMutations.Of(Configurations[type], random), mutated =>
        {
            File.WriteAllBytes(file, mutated);
            ModelConfig config = ModelLoader.ReadConfig(folder.Path);
            FuzzRun.Require(config.Layers is >= 1 and <= 10_000 && config.DModel > 0 && config.Heads > 0 && config.DHead > 0 && config.NormEpsilon > 0, "a configuration that is read makes sense");
        }, FuzzRun.Some);
    }

    [Test]
    public void A_changed_index()
    {
        new TinyGpt2().WriteShardedTo(folder.Path, 3);
        string file = folder.Below("model.safetensors.index.json");
        string index = File.ReadAllText(file);
        using ModelWeights original = ModelLoader.Load(folder.Path);
        (int loaded, int refused) = FuzzRun.Of(8, random => JsonMutations.Of(index, random), mutated =>
        {
            File.WriteAllBytes(file, mutated);
            using ModelWeights weights = ModelLoader.Load(folder.Path);
            FuzzRun.Require(weights.Hash == original.Hash, "only an index that says the same as the files is taken");
        }, FuzzRun.Some);
        refused.Should().BeGreaterThan(loaded);
    }
}
