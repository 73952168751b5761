using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace CircuitSpecs.Models;

/// <summary>
/// The parameters of one model under TransformerLens's names: <c>embed.W_E</c> [d_vocab, d_model],
/// <c>pos_embed.W_pos</c> [n_ctx, d_model], <c>blocks.0.ln1.w</c> [d_model], <c>blocks.0.attn.W_Q</c> [head, d_model, d_head],
/// <c>blocks.0.attn.b_Q</c> [head, d_head], <c>blocks.0.attn.W_O</c> [head, d_head, d_model], <c>blocks.0.attn.b_O</c> [d_model],
/// <c>blocks.0.mlp.W_in</c> [d_model, d_mlp], <c>blocks.0.mlp.b_in</c> [d_mlp], <c>blocks.0.mlp.W_out</c> [d_mlp, d_model],
/// <c>blocks.0.mlp.b_out</c> [d_model], <c>ln_final.w</c>, <c>unembed.W_U</c> [d_model, d_vocab], <c>unembed.b_U</c> [d_vocab].
/// Keys and values have <see cref="ModelConfig.KeyValueHeads"/> heads. Where the architecture has them: <c>blocks.0.mlp.W_gate</c> [d_model, d_mlp] with
/// <c>b_gate</c> and <c>b_up</c> (of W_in) [d_mlp], <c>blocks.0.mlp.ln.w</c> [d_mlp], <c>blocks.0.ln1_post.w</c>, <c>ln2_post.w</c>, <c>embed.ln.w</c> [d_model]; no
/// <c>pos_embed.W_pos</c> without learned positions.
/// All float32. After <see cref="WeightProcessing.FoldLayerNorm"/> there are no <c>ln*.w</c> and <c>ln*.b</c>.
/// </summary>
public sealed class ModelWeights : IDisposable
{
    private readonly ImmutableSortedDictionary<string, Tensor> parameters;
    private readonly StreamedParameters? streamed;
    private readonly ImmutableSortedSet<string> names;

    /// <summary>Takes ownership of the tensors: they leave the caller's dispose scope and live until <see cref="Dispose"/>.</summary>
    /// <param name="name">The model's name, as the store knows it.</param>
    /// <param name="config">Its shape.</param>
    /// <param name="parameters">The tensors by TransformerLens name.</param>
    /// <param name="hash">SHA-256 of the weights as stored, hexadecimal, the same for every processing.</param>
    /// <param name="processing">What was done to the weights since.</param>
    public ModelWeights(string name, ModelConfig config, IEnumerable<KeyValuePair<string, Tensor>> parameters, string hash, WeightProcessing processing)
    {
        Name = name;
        Config = config;
        Hash = hash;
        Processing = processing;
        this.parameters = parameters.ToImmutableSortedDictionary(StringComparer.Ordinal);
        names = this.parameters.Keys.ToImmutableSortedSet(StringComparer.Ordinal);
        foreach (Tensor tensor in this.parameters.Values)
        {
            tensor.DetachFromDisposeScope();
        }
    }

    /// <summary>Weights that are read when they are needed; takes ownership of <paramref name="streamed"/>.</summary>
    internal ModelWeights(string name, ModelConfig config, IEnumerable<string> names, StreamedParameters streamed, string hash, WeightProcessing processing)
        : this(name, config, [], hash, processing)
    {
        this.streamed = streamed;
        this.names = names.ToImmutableSortedSet(StringComparer.Ordinal);
    }

    /// <summary>The model's name, as the store knows it.</summary>
    public string Name { get; }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>SHA-256 of the weights as stored, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>What was done to the weights after loading.</summary>
    public WeightProcessing Processing { get; }

    /// <summary>The names that are present, sorted.</summary>
    public IEnumerable<string> Names => names;

    /// <summary>Whether the weights stay in the checkpoint and are read block by block, because they would take more than <see cref="MemoryLimit.ForWeights"/>.</summary>
    public bool AreStreamed => streamed is not null;

    internal StreamedParameters? Streamed => streamed;

    /// <summary>The most bytes of parameters that were held at once, those of other streamed models included, where they are streamed; 0 otherwise.</summary>
    public long PeakStreamedBytes => streamed?.Peak ?? 0;

    /// <summary>
    /// A parameter by its TransformerLens name; shapes stand in the summary of this class. The tensor stays owned by this object; where the weights are
    /// streamed it is a handle in the caller's dispose scope.
    /// </summary>
    /// <param name="name">For example <c>blocks.4.attn.W_Q</c>.</param>
    /// <exception cref="KeyNotFoundException">This model holds no such parameter, for example the MLP of a checkpoint of attention weights only.</exception>
    public Tensor this[string name] => TryGet(name, out Tensor? tensor)
        ? tensor
        : throw new KeyNotFoundException($"Model '{Name}' has no parameter '{name}' (processing: {Processing}). It has {names.Count} others, from '{names.FirstOrDefault()}' to '{names.LastOrDefault()}'.");

    /// <summary>Whether the parameter is present.</summary>
    /// <param name="name">Its TransformerLens name.</param>
    public bool Contains(string name) => names.Contains(name);

    /// <summary>A parameter, where present.</summary>
    /// <param name="name">Its TransformerLens name.</param>
    /// <param name="tensor">The tensor, owned by this object.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out Tensor? tensor)
    {
        tensor = streamed is null ? parameters.GetValueOrDefault(name) : names.Contains(name) ? streamed.Get(name) : null;
        return tensor is not null;
    }

    /// <summary>Frees all tensors.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in parameters.Values)
        {
            tensor.Dispose();
        }

        streamed?.Dispose();
    }
}
