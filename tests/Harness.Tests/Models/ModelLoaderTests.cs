using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Models;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ModelLoaderTests
{
    private readonly TinyGpt2 model = new();
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCase("")]
    [TestCase("transformer.")]
    public void Every_parameter_comes_from_its_place_in_the_checkpoint(string prefix)
    {
        using ModelWeights weights = ModelLoader.Load(model.WriteTo(folder.Path, prefix));

        weights.Names.Should().HaveCount(2 + 2 + (2 * 16) + 2);
        weights.Processing.Should().Be(WeightProcessing.None);
        Same(weights, "embed.W_E", "wte.weight");
        Same(weights, "pos_embed.W_pos", "wpe.weight");
        Same(weights, "ln_final.w", "ln_f.weight");
        Same(weights, "ln_final.b", "ln_f.bias");
        for (int layer = 0; layer < 2; layer++)
        {
            (string to, string from) = ($"blocks.{layer}", $"h.{layer}");
            Same(weights, $"{to}.ln1.w", $"{from}.ln_1.weight");
            Same(weights, $"{to}.ln1.b", $"{from}.ln_1.bias");
            Same(weights, $"{to}.ln2.w", $"{from}.ln_2.weight");
            Same(weights, $"{to}.ln2.b", $"{from}.ln_2.bias");
            Same(weights, $"{to}.mlp.W_in", $"{from}.mlp.c_fc.weight");
            Same(weights, $"{to}.mlp.b_in", $"{from}.mlp.c_fc.bias");
            Same(weights, $"{to}.mlp.W_out", $"{from}.mlp.c_proj.weight");
            Same(weights, $"{to}.mlp.b_out", $"{from}.mlp.c_proj.bias");
            Same(weights, $"{to}.attn.b_O", $"{from}.attn.c_proj.bias");
            weights[$"{to}.attn.W_O"].shape.Should().Equal(2, 2, 4);
            weights[$"{to}.attn.W_O"].Values().Should().Equal(model.Tensors[$"{from}.attn.c_proj.weight"].Values);

            // Columns of c_attn: (q, k, v), head, d_head.
            float[] matrix = model.Tensors[$"{from}.attn.c_attn.weight"].Values;
            float[] bias = model.Tensors[$"{from}.attn.c_attn.bias"].Values;
            for (int kind = 0; kind < 3; kind++)
            {
                char letter = "QKV"[kind];
                weights[$"{to}.attn.W_{letter}"].shape.Should().Equal(2, 4, 2);
                weights[$"{to}.attn.b_{letter}"].shape.Should().Equal(2, 2);
                float[] expected = [.. from head in Enumerable.Range(0, 2) from row in Enumerable.Range(0, 4) from column in Enumerable.Range(0, 2) select matrix[(row * 12) + (kind * 4) + (head * 2) + column]];
                weights[$"{to}.attn.W_{letter}"].Values().Should().Equal(expected);
                weights[$"{to}.attn.b_{letter}"].Values().Should().Equal(bias[(kind * 4)..((kind * 4) + 4)]);
            }
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void The_unembedding_is_the_transposed_embedding_or_head(bool tied)
    {
        model.Config["tie_word_embeddings"] = tied;
        if (!tied)
        {
            model.Add("lm_head.weight", 5, 4);
        }

        using ModelWeights weights = ModelLoader.Load(model.WriteTo(folder.Path));

        float[] source = model.Tensors[tied ? "wte.weight" : "lm_head.weight"].Values;
        weights["unembed.W_U"].shape.Should().Equal(4, 5);
        weights["unembed.W_U"].Values().Should().Equal(from row in Enumerable.Range(0, 4) from token in Enumerable.Range(0, 5) select source[(token * 4) + row]);
        weights["unembed.b_U"].Values().Should().Equal(new float[5]);
    }

    [Test]
    public void A_stored_head_of_a_tied_model_has_to_repeat_the_embedding()
    {
        model.Tensors["lm_head.weight"] = model.Tensors["wte.weight"];
        ModelLoader.Load(model.WriteTo(folder.Path)).Dispose();

        model.Add("lm_head.weight", 5, 4);
        Refusal().Should().Contain("'lm_head.weight' differs from 'wte.weight'");
    }

    [Test]
    public void Mask_buffers_of_old_checkpoints_are_left_out()
    {
        model.Add("h.0.attn.bias", 1, 1, 3, 3);
        model.Add("h.1.attn.masked_bias");
        using ModelWeights weights = ModelLoader.Load(model.WriteTo(folder.Path));
        weights.Names.Should().NotContain(name => name.Contains("mask", StringComparison.Ordinal));
    }

    [Test]
    public void Missing_and_unknown_tensors_are_named()
    {
        model.Tensors.Remove("h.1.ln_2.bias");
        model.Add("h.1.ln_3.bias", 4);
        Refusal().Should().Contain("1 parameters that config.json asks for are missing: h.1.ln_2.bias").And.Contain("1 tensors are not known to this architecture and configuration: 'h.1.ln_3.bias'");
    }

    [Test]
    public void A_layer_more_than_the_configuration_says_is_refused()
    {
        model.Config["n_layer"] = 1;
        Refusal().Should().Contain("h.1.attn.c_attn.bias");
    }

    [Test]
    public void A_wrong_shape_is_refused_with_both_shapes()
    {
        model.Add("h.1.mlp.c_fc.weight", 6, 4);
        Refusal().Should().Contain("'h.1.mlp.c_fc.weight': config.json asks for shape [4, 6], found [6, 4]");
    }

    [Test]
    public void A_parameter_under_two_names_is_refused()
    {
        model.Tensors["transformer.wte.weight"] = model.Tensors["wte.weight"];
        Refusal().Should().Contain("'transformer.wte.weight' and 'wte.weight' are the same parameter");
    }

    [TestCase(float.NaN, "NaN")]
    [TestCase(float.NegativeInfinity, "-Infinity")]
    public void A_weight_that_is_not_finite_is_refused_by_place(float value, string text)
    {
        model.Tensors["h.0.mlp.c_fc.weight"].Values[17] = value;
        Refusal().Should().Contain($"'h.0.mlp.c_fc.weight', shape [4, 6]: element 17 in row-major order is {text}");
    }

    [TestCase("model-q4.gguf")]
    public void A_file_that_is_not_of_the_format_that_its_name_promises_is_refused(string name)
    {
        File.WriteAllText(folder.Below(name), "x");
        Refusal(folder.Path).Should().StartWith(folder.Below(name)).And.Contain("begins with the bytes 47475546 (GGUF), found 78");
    }

    [Test]
    public void Missing_weights_configuration_and_folder_are_told_apart()
    {
        string weights = Path.Combine(model.WriteTo(folder.Path), "model.safetensors");
        File.Delete(weights);
        Refusal(folder.Path).Should().Contain("no weights: looked for model.safetensors or model.safetensors.index.json");

        model.WriteTo(folder.Path);
        File.Delete(folder.Below("config.json"));
        Refusal(folder.Path).Should().StartWith(folder.Below("config.json")).And.Contain("missing");

        Refusal(Path.Combine(folder.Path, "nowhere")).Should().Contain("no such folder");
    }

    [Test]
    public void Attention_weights_alone_load_in_their_own_scope_only()
    {
        foreach (string key in model.Tensors.Keys.Where(key => key == "wte.weight" || key.Contains(".mlp.", StringComparison.Ordinal)).ToArray())
        {
            model.Tensors.Remove(key);
        }

        Refusal().Should().Contain("9 parameters").And.Contain("wte.weight").And.Contain("attention weights only").And.Contain("WeightScope.Attention");

        using ModelWeights weights = ModelLoader.Load(folder.Path, WeightScope.Attention);
        weights.Names.Should().Contain(["blocks.1.attn.W_Q", "blocks.1.attn.b_O", "blocks.1.ln1.w", "blocks.1.ln2.b", "ln_final.w", "pos_embed.W_pos"]);
        weights.Names.Should().NotContain(name => name.Contains("mlp", StringComparison.Ordinal) || name.Contains("embed.W_E", StringComparison.Ordinal) || name.Contains("unembed", StringComparison.Ordinal));
    }

    [Test]
    public void The_attention_scope_is_strict_about_attention()
    {
        model.Tensors.Remove("h.1.attn.c_proj.bias");
        Refusal(model.WriteTo(folder.Path), WeightScope.Attention).Should().Contain("missing: h.1.attn.c_proj.bias");
    }

    [Test]
    public void One_missing_matrix_does_not_make_a_checkpoint_attention_only()
    {
        model.Tensors.Remove("wte.weight");
        Refusal().Should().Contain("missing: wte.weight").And.NotContain("attention weights only");
    }

    [TestCase("../model.safetensors")]
    [TestCase("..\\model.safetensors")]
    [TestCase("/model.safetensors")]
    [TestCase("C:model.safetensors")]
    [TestCase("https://example.org/model.safetensors")]
    [TestCase("sub/model.safetensors")]
    [TestCase(".safetensors")]
    [TestCase("evil.bin")]
    public void A_shard_outside_the_folder_is_refused(string shard)
    {
        string index = Path.Combine(model.WriteShardedTo(folder.Path, 2), "model.safetensors.index.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace("model-00001-of-00002.safetensors", shard.Replace("\\", "\\\\", StringComparison.Ordinal), StringComparison.Ordinal));
        Refusal(folder.Path).Should().StartWith(index).And.Contain("expected the bare name of a .safetensors file");
    }

    [Test]
    public void An_index_has_to_agree_with_its_files()
    {
        string index = Path.Combine(model.WriteShardedTo(folder.Path, 2), "model.safetensors.index.json");
        string text = File.ReadAllText(index);

        File.WriteAllText(index, text.Replace("\"wte.weight\"", "\"wte.other\"", StringComparison.Ordinal));
        Refusal(folder.Path).Should().Contain("holds 'wte.other', which it does not");

        File.WriteAllText(index, System.Text.RegularExpressions.Regex.Replace(text, ",\"wte.weight\":\"[^\"]*\"", ""));
        Refusal(folder.Path).Should().Contain("holds 'wte.weight', which weight_map leaves out");

        File.WriteAllText(index, text.Replace("\"weight_map\":{", "\"weight_map\":{\"more\":\"model-00001-of-00002.safetensors\",", StringComparison.Ordinal));
        Refusal(folder.Path).Should().Contain("holds 'more', which it does not");

        File.WriteAllText(index, text.Replace("model-00001-of-00002", "model-00003-of-00003", StringComparison.Ordinal));
        Refusal(folder.Path).Should().Contain("'model-00003-of-00003.safetensors', which is not in the folder");
    }

    [Test]
    public void Shards_load_as_one_file_does()
    {
        using ModelWeights single = ModelLoader.Load(model.WriteTo(folder.Below("single")));
        using ModelWeights sharded = ModelLoader.Load(model.WriteShardedTo(folder.Below("sharded"), 3));
        sharded.ShouldBe(single.AsGolden(value => value), tolerance: 0);
        sharded.Hash.Should().Be(single.Hash);
    }

    private void Same(ModelWeights weights, string parameter, string key)
    {
        weights[parameter].shape.Should().Equal(model.Tensors[key].Shape);
        weights[parameter].Values().Should().Equal(model.Tensors[key].Values);
    }

    private string Refusal() => Refusal(model.WriteTo(folder.Path));

    private static string Refusal(string folder, WeightScope scope = WeightScope.All)
    {
        Action load = () => ModelLoader.Load(folder, scope).Dispose();
        string message = load.Should().Throw<ModelLoadException>().Which.Message;
        message.Should().StartWith(folder);
        return message;
    }
}
