using System.Collections.Immutable;
using static TorchSharp.torch;

namespace CircuitSpecs.Models.Architectures;

/// <summary>
/// How checkpoints lay out the parameters that every architecture has, with what makes TransformerLens's layout of them. PyTorch's <c>nn.Linear</c> stores
/// [out, in]; heads lie one after another along the side that belongs to them.
/// </summary>
internal static class StoredLayout
{
    /// <summary>A tensor that only changes its name.</summary>
    public static TensorMapping Rename(string key, ImmutableArray<long> shape, WeightScope scope, string name) =>
        Make(key, shape, scope, [name], stored => [(name, stored)]);

    /// <summary>A tensor that two parameters share, for example one norm that stands for two.</summary>
    public static TensorMapping Twice(string key, ImmutableArray<long> shape, WeightScope scope, string first, string second) =>
        Make(key, shape, scope, [first, second], stored => [(first, stored), (second, stored.alias())]);

    /// <summary>[out, in] becomes [in, out]; without a stored bias the parameter <paramref name="zeroBias"/> is made of zeros [out].</summary>
    public static TensorMapping Linear(string key, long outWidth, long inWidth, string name, string? zeroBias = null) =>
        Make(key, [outWidth, inWidth], WeightScope.All, With(name, zeroBias), stored => [(name, stored.t()), .. Zeros(zeroBias, [outWidth])]);

    /// <summary>Rows [head · d_head, d_model] become [head, d_model, d_head]; without a stored bias the parameter <paramref name="zeroBias"/> is made of zeros [head, d_head].</summary>
    public static TensorMapping Readers(string key, long heads, long headWidth, long width, string name, string? zeroBias = null) =>
        Make(key, [heads * headWidth, width], WeightScope.Attention, With(name, zeroBias), stored =>
            [(name, stored.view(heads, headWidth, width).transpose(1, 2).contiguous()), .. Zeros(zeroBias, [heads, headWidth])]);

    /// <summary>[head · d_head] becomes [head, d_head].</summary>
    public static TensorMapping ReaderBias(string key, long heads, long headWidth, string name) =>
        Make(key, [heads * headWidth], WeightScope.Attention, [name], stored => [(name, stored.view(heads, headWidth))]);

    /// <summary>[d_model, head · d_head] becomes [head, d_head, d_model]; without a stored bias the parameter <paramref name="zeroBias"/> is made of zeros [d_model].</summary>
    public static TensorMapping Writer(string key, long heads, long headWidth, long width, string name, string? zeroBias = null) =>
        Make(key, [width, heads * headWidth], WeightScope.Attention, With(name, zeroBias), stored =>
            [(name, stored.t().reshape(heads, headWidth, width)), .. Zeros(zeroBias, [width])]);

    /// <summary>Queries, keys and values of a head side by side, rows [head, (q, k, v), d_head] of width d_model (NeoX, Bloom).</summary>
    public static TensorMapping FusedReaders(string key, long heads, long headWidth, long width, string attention, bool zeroBiases) =>
        Make(key, [3 * heads * headWidth, width], WeightScope.Attention, [.. Roles.SelectMany(role => With($"{attention}.W_{role}", zeroBiases ? $"{attention}.b_{role}" : null))], stored =>
        {
            Tensor fused = stored.view(heads, 3, headWidth, width);
            return Roles.SelectMany((role, index) => ((string, Tensor)[])
                [($"{attention}.W_{role}", fused.select(1, index).transpose(1, 2).contiguous()), .. Zeros(zeroBiases ? $"{attention}.b_{role}" : null, [heads, headWidth])]);
        });

    /// <summary>The biases of <see cref="FusedReaders"/>, [head, (q, k, v), d_head].</summary>
    public static TensorMapping FusedReaderBiases(string key, long heads, long headWidth, string attention) =>
        Make(key, [3 * heads * headWidth], WeightScope.Attention, [.. Roles.Select(role => $"{attention}.b_{role}")], stored =>
            Roles.Select((role, index) => ($"{attention}.b_{role}", stored.view(heads, 3, headWidth).select(1, index).contiguous())));

    /// <summary>A LayerNorm's weight and bias.</summary>
    public static IEnumerable<TensorMapping> LayerNorm(string key, long width, string name) =>
        [Rename($"{key}.weight", [width], WeightScope.Attention, $"{name}.w"), Rename($"{key}.bias", [width], WeightScope.Attention, $"{name}.b")];

    /// <summary>The embedding, and the unembedding if it is tied to it.</summary>
    public static TensorMapping Embedding(ModelConfig config, string key, double scale = 1) =>
        Make(key, [config.Vocabulary, config.DModel], WeightScope.All, config.TiedUnembedding ? ["embed.W_E", "unembed.W_U", "unembed.b_U"] : ["embed.W_E"], stored =>
            [("embed.W_E", scale == 1 ? stored : stored * scale), .. config.TiedUnembedding ? Unembedding(stored) : []]);

    /// <summary>The unembedding [d_vocab, d_model]; where it is tied it repeats the embedding, if it is stored at all.</summary>
    /// <param name="config">The shape of the model.</param>
    /// <param name="key">Its key.</param>
    /// <param name="embeddingKey">The embedding's key.</param>
    /// <param name="hasBias">Whether its bias is stored beside it.</param>
    public static IEnumerable<TensorMapping> Head(ModelConfig config, string key, string embeddingKey, bool hasBias = false)
    {
        TensorMapping matrix = Make($"{key}.weight", [config.Vocabulary, config.DModel], WeightScope.All, hasBias ? ["unembed.W_U"] : ["unembed.W_U", "unembed.b_U"], stored =>
            hasBias ? [("unembed.W_U", stored.t())] : Unembedding(stored));
        yield return matrix with { CopyOf = config.TiedUnembedding ? embeddingKey : null };
        if (hasBias)
        {
            yield return Rename($"{key}.bias", [config.Vocabulary], WeightScope.All, "unembed.b_U");
        }
    }

    /// <summary>A tensor with a conversion of its own.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="shape">Its stored shape.</param>
    /// <param name="scope">The smallest scope that needs it.</param>
    /// <param name="names">The parameters that it becomes.</param>
    /// <param name="convert">Makes them.</param>
    public static TensorMapping Make(string key, ImmutableArray<long> shape, WeightScope scope, ImmutableArray<string> names, Func<Tensor, IEnumerable<(string Name, Tensor Value)>> convert) =>
        new() { Key = key, Shape = shape, Scope = scope, Names = names, Convert = convert };

    // Most models have no unembedding bias; TransformerLens has one, of zeros until something is folded into it.
    public static IEnumerable<(string Name, Tensor Value)> Unembedding(Tensor stored) =>
        [("unembed.W_U", stored.t()), ("unembed.b_U", zeros(stored.shape[0]))];

    private static readonly string[] Roles = ["Q", "K", "V"];

    private static ImmutableArray<string> With(string name, string? other) => other is null ? [name] : [name, other];

    // As TransformerLens has it: a bias that the model lacks is zero, until something is folded into it.
    private static IEnumerable<(string Name, Tensor Value)> Zeros(string? name, long[] shape) => name is null ? [] : [(name, zeros(shape))];
}
