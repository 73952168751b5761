using System.Text.Json;

namespace CircuitSpecs.Tests.Models.Checkpoints.Gguf;

/// <summary>A Llama or Qwen-2 that Hugging Face stored, as llama.cpp's converter would write it, in float32.</summary>
internal static class Converted
{
    public static GgufWriter FromHuggingFace(string folder)
    {
        JsonElement config = GoldenFolder.Json(Path.Combine(folder, "config.json"));
        string architecture = config.GetProperty("model_type").GetString()!;
        uint Whole(string key) => config.GetProperty(key).GetUInt32();
        int heads = (int)Whole("num_attention_heads");
        int keyValueHeads = (int)Whole("num_key_value_heads");
        uint headWidth = config.TryGetProperty("head_dim", out JsonElement width) ? width.GetUInt32() : Whole("hidden_size") / (uint)heads;
        GgufWriter writer = new GgufWriter()
            .Add("general.architecture", architecture)
            .Add($"{architecture}.block_count", Whole("num_hidden_layers"))
            .Add($"{architecture}.context_length", Whole("max_position_embeddings"))
            .Add($"{architecture}.embedding_length", Whole("hidden_size"))
            .Add($"{architecture}.feed_forward_length", Whole("intermediate_size"))
            .Add($"{architecture}.attention.head_count", (uint)heads)
            .Add($"{architecture}.attention.head_count_kv", (uint)keyValueHeads)
            .Add($"{architecture}.attention.key_length", headWidth)
            .Add($"{architecture}.attention.layer_norm_rms_epsilon", config.GetProperty("rms_norm_eps").GetSingle())
            .Add($"{architecture}.rope.freq_base", config.GetProperty("rope_theta").GetSingle());
        foreach ((string name, GoldenTensor tensor) in GoldenFolder.Tensors(Path.Combine(folder, "model.safetensors")))
        {
            int pairedHeads = architecture != "llama" ? 0 : name.Contains("q_proj", StringComparison.Ordinal) ? heads : name.Contains("k_proj", StringComparison.Ordinal) ? keyValueHeads : 0;
            writer.Tensor(NameOf(name), [.. tensor.Shape], pairedHeads == 0 ? tensor.Floats : Paired(tensor, pairedHeads));
        }

        if (config.TryGetProperty("rope_scaling", out JsonElement scaling) && scaling.ValueKind == JsonValueKind.Object)
        {
            writer.Tensor("rope_freqs.weight", [headWidth / 2], Divisors(scaling, headWidth, config.GetProperty("rope_theta").GetDouble()));
        }

        return writer;
    }

    private static string NameOf(string name) => name
        .Replace("model.embed_tokens", "token_embd", StringComparison.Ordinal)
        .Replace("model.norm", "output_norm", StringComparison.Ordinal)
        .Replace("lm_head", "output", StringComparison.Ordinal)
        .Replace("model.layers.", "blk.", StringComparison.Ordinal)
        .Replace("input_layernorm", "attn_norm", StringComparison.Ordinal)
        .Replace("post_attention_layernorm", "ffn_norm", StringComparison.Ordinal)
        .Replace("self_attn.o_proj", "attn_output", StringComparison.Ordinal)
        .Replace("self_attn.", "attn_", StringComparison.Ordinal)
        .Replace("mlp.", "ffn_", StringComparison.Ordinal)
        .Replace("_proj", "", StringComparison.Ordinal);

    // Within a head, (half, pair) becomes (pair, half).
    private static float[] Paired(GoldenTensor tensor, int heads)
    {
        int columns = tensor.Shape.Length == 1 ? 1 : (int)tensor.Shape[1];
        int pairs = (int)tensor.Shape[0] / heads / 2;
        return [.. from head in Enumerable.Range(0, heads)
                   from pair in Enumerable.Range(0, pairs)
                   from half in Enumerable.Range(0, 2)
                   from column in Enumerable.Range(0, columns)
                   select tensor.Floats[((((head * 2) + half) * pairs) + pair) * columns + column]];
    }

    private static float[] Divisors(JsonElement scaling, uint headWidth, double rotaryBase)
    {
        double factor = scaling.GetProperty("factor").GetDouble();
        double low = scaling.GetProperty("low_freq_factor").GetDouble();
        double high = scaling.GetProperty("high_freq_factor").GetDouble();
        double context = scaling.GetProperty("original_max_position_embeddings").GetDouble();
        return [.. Enumerable.Range(0, (int)headWidth / 2).Select(pair =>
        {
            double wavelength = 2 * Math.PI * Math.Pow(rotaryBase, 2.0 * pair / headWidth);
            double smooth = Math.Clamp(((context / wavelength) - low) / (high - low), 0, 1);
            return (float)(1 / (((1 - smooth) / factor) + smooth));
        })];
    }
}
