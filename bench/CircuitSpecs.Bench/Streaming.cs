using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using static TorchSharp.torch;

namespace CircuitSpecs.Bench;

/// <summary>A GPT-J of full width and few layers, with random float16 weights, run under a limit of memory.</summary>
internal static class Streaming
{
    private const int Width = 4096;
    private const int Heads = 16;
    private const int Vocabulary = 50400;

    /// <summary>Writes the checkpoint.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="layers">How many blocks of 201 million parameters.</param>
    public static void Make(string folder, int layers)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(new
        {
            model_type = "gptj", n_layer = layers, n_embd = Width, n_head = Heads, n_positions = 2048, rotary_dim = 64, vocab_size = Vocabulary, tie_word_embeddings = false,
        }));
        (string Name, long[] Shape)[] tensors =
        [
            ("transformer.wte.weight", [Vocabulary, Width]),
            .. Enumerable.Range(0, layers).SelectMany(layer => Block($"transformer.h.{layer}")),
            ("transformer.ln_f.weight", [Width]), ("transformer.ln_f.bias", [Width]), ("lm_head.weight", [Vocabulary, Width]), ("lm_head.bias", [Vocabulary]),
        ];
        var header = new Dictionary<string, object>();
        long end = 0;
        foreach ((string name, long[] shape) in tensors)
        {
            long begin = end;
            end += 2 * shape.Aggregate(1L, (product, size) => product * size);
            header[name] = new { dtype = "F16", shape, data_offsets = (long[])[begin, end] };
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        using FileStream file = File.Create(Path.Combine(folder, "model.safetensors"));
        file.Write(BitConverter.GetBytes((ulong)json.Length));
        file.Write(json);
        var random = new Random(1);
        var block = new Half[1 << 20];
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = (Half)((random.NextSingle() - 0.5f) * 0.06f);
        }

        // The same block again and again, from another place each time: quick to write, and no two rows are alike.
        for (long written = 0; written < end;)
        {
            int from = random.Next(block.Length / 2);
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(block.AsSpan(from));
            int count = (int)Math.Min(bytes.Length, end - written);
            file.Write(bytes[..count]);
            written += count;
        }
    }

    /// <summary>Runs one prompt and prints what it took.</summary>
    /// <param name="folder">The checkpoint.</param>
    public static void Run(string folder)
    {
        var watch = Stopwatch.StartNew();
        using ModelWeights weights = ModelLoader.Load(folder);
        using var model = new HookedTransformer(weights);
        double loaded = watch.Elapsed.TotalSeconds;
        using Tensor tokens = tensor(Enumerable.Range(0, 15).Select(i => (i * 7919L) % Vocabulary).ToArray(), [1, 15]);
        using Tensor last = full([1, 1], 14, ScalarType.Int64);
        using Tensor logits = model.Forward(tokens, new ForwardOptions { LogitsAt = last });
        string bits = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(logits.data<float>().ToArray())))[..16];
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"limit {MemoryLimit.Bytes / 1e9:F2} GB\tstreamed {weights.AreStreamed}\tpeak of the process {process.PeakWorkingSet64 / 1e9:F2} GB\tof the weights {weights.PeakStreamedBytes / 1e9:F2} GB\tload {loaded:F1} s\tforward {watch.Elapsed.TotalSeconds - loaded:F1} s\tlogits {bits}"));
    }

    private static IEnumerable<(string Name, long[] Shape)> Block(string block) =>
    [
        ($"{block}.ln_1.weight", [Width]), ($"{block}.ln_1.bias", [Width]),
        .. ((string[])["q_proj", "k_proj", "v_proj", "out_proj"]).Select(name => ($"{block}.attn.{name}.weight", (long[])[Width, Width])),
        ($"{block}.mlp.fc_in.weight", [4 * Width, Width]), ($"{block}.mlp.fc_in.bias", [4 * Width]),
        ($"{block}.mlp.fc_out.weight", [Width, 4 * Width]), ($"{block}.mlp.fc_out.bias", [Width]),
    ];
}
