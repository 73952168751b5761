using System.Text.Json.Nodes;

namespace CircuitSpecs.Tests.Models;

/// <summary>A GPT-2 checkpoint small enough to write in a test: 2 layers, d_model 4, 2 heads, d_mlp 6, 5 tokens, context 3.</summary>
internal sealed class TinyGpt2
{
    private const int Width = 4;
    private const int Neurons = 6;

    /// <summary>What goes into config.json.</summary>
    public JsonObject Config { get; } = new()
    {
        ["model_type"] = "gpt2",
        ["n_layer"] = 2,
        ["n_embd"] = Width,
        ["n_head"] = 2,
        ["n_inner"] = Neurons,
        ["n_positions"] = 3,
        ["vocab_size"] = 5,
    };

    /// <summary>The tensors by key, with deterministic values that differ everywhere.</summary>
    public SortedDictionary<string, (long[] Shape, float[] Values)> Tensors { get; } = new(StringComparer.Ordinal);

    public TinyGpt2()
    {
        Add("wte.weight", 5, Width);
        Add("wpe.weight", 3, Width);
        Add("ln_f.weight", Width);
        Add("ln_f.bias", Width);
        for (int layer = 0; layer < 2; layer++)
        {
            Add($"h.{layer}.ln_1.weight", Width);
            Add($"h.{layer}.ln_1.bias", Width);
            Add($"h.{layer}.attn.c_attn.weight", Width, 3 * Width);
            Add($"h.{layer}.attn.c_attn.bias", 3 * Width);
            Add($"h.{layer}.attn.c_proj.weight", Width, Width);
            Add($"h.{layer}.attn.c_proj.bias", Width);
            Add($"h.{layer}.ln_2.weight", Width);
            Add($"h.{layer}.ln_2.bias", Width);
            Add($"h.{layer}.mlp.c_fc.weight", Width, Neurons);
            Add($"h.{layer}.mlp.c_fc.bias", Neurons);
            Add($"h.{layer}.mlp.c_proj.weight", Neurons, Width);
            Add($"h.{layer}.mlp.c_proj.bias", Width);
        }
    }

    /// <summary>Adds or replaces a tensor of this shape.</summary>
    public void Add(string key, params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        int start = Tensors.Count * 100;
        Tensors[key] = (shape, [.. Enumerable.Range(start, (int)count).Select(index => MathF.Sin(index) + 0.0003f * start)]);
    }

    /// <summary>Writes config.json and model.safetensors.</summary>
    /// <returns>The folder.</returns>
    public string WriteTo(string folder, string prefix = "")
    {
        WriteConfigTo(folder);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), Tensors.Select(pair => (prefix + pair.Key, pair.Value.Shape, pair.Value.Values)));
        return folder;
    }

    /// <summary>Writes config.json and several files with an index; the tensors go round the files in turn.</summary>
    /// <returns>The folder.</returns>
    public string WriteShardedTo(string folder, int shards)
    {
        WriteConfigTo(folder);
        var map = new JsonObject();
        var numbered = Tensors.Select((pair, index) => (pair.Key, pair.Value, Shard: index % shards)).ToArray();
        foreach (var shard in numbered.GroupBy(tensor => tensor.Shard))
        {
            string name = $"model-{shard.Key + 1:D5}-of-{shards:D5}.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, name), shard.Reverse().Select(tensor => (tensor.Key, tensor.Value.Shape, tensor.Value.Values)));
            foreach (var tensor in shard)
            {
                map[tensor.Key] = name;
            }
        }

        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
        return folder;
    }

    private void WriteConfigTo(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config.ToJsonString());
    }
}
