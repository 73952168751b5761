using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CircuitSpecs.Models.Architectures;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// A value of <c>general.architecture</c>, and how such a file differs from what Hugging Face stores for the same model: names of tensors, order of rows,
/// keys of the configuration. Names and orders as llama.cpp's converter gives them.
/// </summary>
internal sealed record GgufArchitecture
{
    private const string Embedding = "token_embd.weight";
    private const string Unembedding = "output.weight";
    private const string RotaryFactors = "rope_freqs.weight";
    private const string Block = "blk.";

    /// <summary>Every architecture that is read.</summary>
    private static readonly ImmutableArray<GgufArchitecture> All =
    [
        new("llama", HasPairedRows: true),
        new("qwen2", HasPairedRows: false),
    ];

    private static readonly ImmutableDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["token_embd"] = "model.embed_tokens",
        ["output_norm"] = "model.norm",
        ["output"] = "lm_head",
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    // Behind the architecture's name. Those that say nothing of the computation stand here too; any other key is an option that nobody here knows.
    private static readonly ImmutableHashSet<string> KnownKeys = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "block_count",
        "context_length",
        "embedding_length",
        "feed_forward_length",
        "vocab_size",
        "attention.head_count",
        "attention.head_count_kv",
        "attention.key_length",
        "attention.value_length",
        "attention.layer_norm_rms_epsilon",
        "rope.dimension_count",
        "rope.freq_base",
        "rope.scaling.type",
        "rope.scaling.factor",
        "rope.scaling.finetuned",
        "rope.scaling.original_context_length",
        "rope.scale_linear",
        "tensor_data_layout");

    // Options that do nothing at these values.
    private static readonly ImmutableArray<(string Key, object Value)> Inactive = [("expert_count", 0L), ("expert_used_count", 0L), ("attention.causal", true)];

    private GgufArchitecture(string Name, bool HasPairedRows)
    {
        this.Name = Name;
        this.HasPairedRows = HasPairedRows;
    }

    /// <summary>The value of <c>general.architecture</c>, which is Hugging Face's <c>model_type</c> as well.</summary>
    public string Name { get; }

    /// <summary>Whether rows of queries and keys lie in the order of llama.cpp's rotary embedding, adjacent pairs.</summary>
    public bool HasPairedRows { get; }

    /// <summary>The architecture of a file.</summary>
    /// <exception cref="ModelLoadException">The file is not of one whole model, or of an architecture that is not read; the message lists those that are.</exception>
    public static GgufArchitecture Of(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        if (metadata.Text("general.type") is not (null or "model"))
        {
            throw metadata.Unexpected("general.type", "model");
        }

        if (metadata.Whole("split.count") is not (null or 0 or 1))
        {
            throw metadata.Unexpected("split.count", "1: join the parts of the model into one file, for example with llama.cpp's gguf-split --merge");
        }

        string? name = metadata.Text("general.architecture");
        return All.FirstOrDefault(architecture => architecture.Name == name)
            ?? throw metadata.Unexpected("general.architecture", $"one of {string.Join(", ", All.Select(architecture => architecture.Name))}");
    }

    /// <summary>Whether a tensor holds no parameter, but numbers that the configuration gives as well.</summary>
    public static bool IsDerived(string name) => name == RotaryFactors;

    /// <summary>Hugging Face's name of a tensor; a name that is not known stays, for the loader to complain about.</summary>
    public static string NameOf(string name)
    {
        int dot = name.LastIndexOf('.');
        (string module, string suffix) = dot < 0 ? (name, "") : (name[..dot], name[dot..]);
        if (!module.StartsWith(Block, StringComparison.Ordinal))
        {
            return Names.TryGetValue(module, out string? top) ? top + suffix : name;
        }

        string[] parts = module.Split('.', 3);
        return parts.Length == 3 && Names.TryGetValue(parts[2], out string? inBlock) ? $"model.layers.{parts[1]}.{inBlock}{suffix}" : name;
    }

    /// <summary>The number of heads whose rows a tensor keeps in pairs; null where rows lie as Hugging Face has them.</summary>
    public int? PairedHeads(GgufFile file, GgufTensor tensor)
    {
        if (!HasPairedRows || !tensor.Name.StartsWith(Block, StringComparison.Ordinal) || tensor.Shape.IsEmpty)
        {
            return null;
        }

        string[] parts = tensor.Name.Split('.');
        int? heads = parts.ElementAtOrDefault(2) switch
        {
            "attn_q" => file.Metadata.Size(Key("attention.head_count")),
            "attn_k" => KeyValueHeads(file.Metadata),
            _ => null,
        };
        return heads is null || tensor.Shape[0] % (2 * heads.Value) == 0
            ? heads
            : throw new ModelLoadException(file.File, $"tensor {Quoted.Of(tensor.Name)}, shape {tensor.ShapeText}: expected an even number of rows for each of {heads} heads.");
    }

    /// <summary>The configuration in Hugging Face's keys.</summary>
    /// <exception cref="ModelLoadException">A key is missing, of the wrong kind, contradicts another one, or asks for something that is not supported.</exception>
    public ConfigFile Configuration(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        RequireKnownKeys(metadata);
        int width = metadata.Size(Key("embedding_length"));
        int heads = metadata.Size(Key("attention.head_count"));
        int headWidth = HeadWidth(metadata, width, heads);
        bool Has(string name) => file.Tensors.ContainsKey(name);
        var config = new JsonObject
        {
            ["model_type"] = Name,
            ["num_hidden_layers"] = Blocks(file),
            ["hidden_size"] = width,
            ["intermediate_size"] = metadata.Size(Key("feed_forward_length")),
            ["num_attention_heads"] = heads,
            ["num_key_value_heads"] = KeyValueHeads(metadata),
            ["head_dim"] = headWidth,
            ["hidden_act"] = "silu",
            ["max_position_embeddings"] = metadata.Size(Key("context_length")),
            ["rms_norm_eps"] = metadata.Positive(Key("attention.layer_norm_rms_epsilon")) ?? throw metadata.Unexpected(Key("attention.layer_norm_rms_epsilon"), "a positive number"),
            ["rope_theta"] = metadata.Positive(Key("rope.freq_base")) ?? 10_000,
            ["rope_scaling"] = RotaryScaling(file, headWidth),
            ["vocab_size"] = Vocabulary(file),
            ["tie_word_embeddings"] = !Has(Unembedding),
            ["attention_bias"] = Has("blk.0.attn_output.bias"),
            ["mlp_bias"] = Has("blk.0.ffn_down.bias"),
            ["bos_token_id"] = metadata.Whole("tokenizer.ggml.bos_token_id"),
            ["eos_token_id"] = metadata.Whole("tokenizer.ggml.eos_token_id"),
        };
        return ConfigFile.Of(file.File, JsonSerializer.SerializeToElement(config));
    }

    private string Key(string key) => $"{Name}.{key}";

    private void RequireKnownKeys(GgufMetadata metadata)
    {
        foreach (string key in metadata.Values.Keys.Where(key => key.StartsWith($"{Name}.", StringComparison.Ordinal)))
        {
            string option = key[(Name.Length + 1)..];
            object? inactive = Inactive.FirstOrDefault(entry => entry.Key == option).Value;
            bool off = inactive switch
            {
                null => KnownKeys.Contains(option),
                long number => metadata.Whole(key) == number,
                _ => inactive.Equals(metadata.Values[key]),
            };
            if (!off)
            {
                throw metadata.Unexpected(key, inactive is null ? "nothing: this option is not supported" : $"{inactive}: nothing else is supported");
            }
        }
    }

    private int KeyValueHeads(GgufMetadata metadata)
    {
        int heads = metadata.Size(Key("attention.head_count"));
        string key = Key("attention.head_count_kv");
        int keyValueHeads = metadata.Whole(key) is null ? heads : metadata.Size(key);
        return heads % keyValueHeads == 0 ? keyValueHeads : throw metadata.Unexpected(key, $"a divisor of {Key("attention.head_count")} ({heads})");
    }

    private int HeadWidth(GgufMetadata metadata, int width, int heads)
    {
        bool hasWidth = metadata.Whole(Key("attention.key_length")) is not null;
        if (!hasWidth && width % heads != 0)
        {
            throw metadata.Unexpected(Key("attention.head_count"), $"a divisor of {Key("embedding_length")} ({width})");
        }

        int headWidth = hasWidth ? metadata.Size(Key("attention.key_length")) : width / heads;
        foreach (string same in (string[])[Key("attention.value_length"), Key("rope.dimension_count")])
        {
            if (metadata.Whole(same) is long other && other != headWidth)
            {
                throw metadata.Unexpected(same, $"{headWidth}, the width of a head: nothing else is supported");
            }
        }

        return headWidth;
    }

    // Every block has tensors, so a number beyond theirs is damage; what it asks for is not even listed.
    private int Blocks(GgufFile file)
    {
        int blocks = file.Metadata.Size(Key("block_count"));
        return blocks <= file.Tensors.Count ? blocks : throw file.Metadata.Unexpected(Key("block_count"), $"at most one block for each of {file.Tensors.Count} tensors");
    }

    private int Vocabulary(GgufFile file)
    {
        if (file.Metadata.Whole(Key("vocab_size")) is not null)
        {
            return file.Metadata.Size(Key("vocab_size"));
        }

        return file.Tensors.TryGetValue(Embedding, out StoredTensor? embedding) && embedding.Shape is [> 0 and <= int.MaxValue and long rows, _]
            ? (int)rows
            : throw new ModelLoadException(file.File, $"{Key("vocab_size")} is missing, and there is no matrix '{Embedding}' whose rows could be counted.");
    }

    private JsonObject? RotaryScaling(GgufFile file, int headWidth)
    {
        GgufMetadata metadata = file.Metadata;
        string type = metadata.Text(Key("rope.scaling.type")) ?? "none";
        string factorKey = metadata.Values.ContainsKey(Key("rope.scaling.factor")) ? Key("rope.scaling.factor") : Key("rope.scale_linear");
        double? factor = metadata.Positive(factorKey);
        if (type is not ("none" or "linear"))
        {
            throw metadata.Unexpected(Key("rope.scaling.type"), "none or linear");
        }

        if (file.Tensors.TryGetValue(RotaryFactors, out StoredTensor? factors))
        {
            return factor is null or 1 ? Llama3Factors.Scaling(file, factors, headWidth, metadata.Positive(Key("rope.freq_base")) ?? 10_000)
                : throw metadata.Unexpected(factorKey, $"1 beside a tensor '{RotaryFactors}'");
        }

        // The older key had no type beside it.
        bool linear = type == "linear" || factorKey == Key("rope.scale_linear");
        return (linear, factor) switch
        {
            (false, null or 1) or (true, 1) => null,
            (true, null) => type == "linear" ? throw metadata.Unexpected(Key("rope.scaling.factor"), "a positive number") : null,
            (true, double by) => new JsonObject { ["rope_type"] = "linear", ["factor"] = by },
            (false, _) => throw metadata.Unexpected(factorKey, $"1, as {Key("rope.scaling.type")} is {type}"),
        };
    }
}
