namespace CircuitSpecs.Tests.Models.Checkpoints.Gguf;

/// <summary>A Llama of one layer as a GGUF file: 2 query heads, 1 key/value head of width 4, tied.</summary>
internal static class TinyLlama
{
    public const int Width = 8;

    public static GgufWriter Writer()
    {
        var random = new Random(5);
        GgufWriter writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.name", "tiny")
            .Add("llama.block_count", 1u)
            .Add("llama.context_length", 16u)
            .Add("llama.embedding_length", (uint)Width)
            .Add("llama.feed_forward_length", 12u)
            .Add("llama.attention.head_count", 2u)
            .Add("llama.attention.head_count_kv", 1u)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("llama.rope.freq_base", 5e4f)
            .Add("tokenizer.ggml.tokens", (string[])["a", "b", "ü", "", "e"])
            .Add("tokenizer.ggml.scores", (float[])[0, -1, -2, -3, -4])
            .Add("test.nested", new object[] { (int[])[1, 2], (int[])[], (int[])[3] }.Cast<int[]>().ToArray())
            .Add("test.flags", (bool[])[true, false]);
        foreach ((string name, long[] shape) in ((string, long[])[])
        [
            ("token_embd.weight", [5, Width]),
            ("blk.0.attn_norm.weight", [Width]),
            ("blk.0.attn_q.weight", [8, Width]),
            ("blk.0.attn_k.weight", [4, Width]),
            ("blk.0.attn_v.weight", [4, Width]),
            ("blk.0.attn_output.weight", [Width, 8]),
            ("blk.0.ffn_norm.weight", [Width]),
            ("blk.0.ffn_gate.weight", [12, Width]),
            ("blk.0.ffn_up.weight", [12, Width]),
            ("blk.0.ffn_down.weight", [Width, 12]),
            ("output_norm.weight", [Width]),
        ])
        {
            writer.Tensor(name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate((product, size) => product * size)).Select(_ => (float)(random.NextDouble() - 0.5))]);
        }

        return writer;
    }
}
