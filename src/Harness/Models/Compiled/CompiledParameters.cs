using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Models.Compiled;

/// <summary>All parameters of a compiled model, zero until an entry is written.</summary>
internal sealed class CompiledParameters
{
    private readonly SortedDictionary<string, (long[] Shape, float[] Values)> parameters = new(StringComparer.Ordinal);
    private readonly HashSet<(int Layer, int Head)> written = [];
    private readonly int[] neurons;

    /// <summary>Makes the parameters of a model without norms, with learned positions and ReLU, whose scores are not divided.</summary>
    /// <param name="layers">Blocks.</param>
    /// <param name="heads">Heads a block.</param>
    /// <param name="layout">The residual stream, complete.</param>
    /// <param name="headWidth">Columns of a head.</param>
    /// <param name="neurons">Neurons of an MLP.</param>
    /// <param name="vocabulary">Token ids; 0 is BOS.</param>
    /// <param name="context">Positions.</param>
    public CompiledParameters(int layers, int heads, ResidualLayout layout, int headWidth, int neurons, int vocabulary, int context)
    {
        Config = new ModelConfig
        {
            ModelType = CompiledModel.ModelType,
            Layers = layers,
            DModel = layout.Width,
            Heads = heads,
            DHead = headWidth,
            DMlp = neurons,
            Vocabulary = vocabulary,
            Context = context,
            Activation = ActivationFunction.Relu,
            Norm = NormKind.None,
            NormEpsilon = 1e-5,
            TiedUnembedding = false,
            AttentionDivisor = [.. Enumerable.Repeat(1.0, layers)],
            BosToken = 0,
        };
        this.neurons = new int[layers];
        int width = layout.Width;
        Zeros("embed.W_E", vocabulary, width);
        Zeros("pos_embed.W_pos", context, width);
        Zeros("unembed.W_U", width, vocabulary);
        Zeros("unembed.b_U", vocabulary);
        for (int layer = 0; layer < layers; layer++)
        {
            foreach (string role in (string[])["Q", "K", "V"])
            {
                Zeros($"blocks.{layer}.attn.W_{role}", heads, width, headWidth);
                Zeros($"blocks.{layer}.attn.b_{role}", heads, headWidth);
            }

            Zeros($"blocks.{layer}.attn.W_O", heads, headWidth, width);
            Zeros($"blocks.{layer}.attn.b_O", width);
            Zeros($"blocks.{layer}.mlp.W_in", width, neurons);
            Zeros($"blocks.{layer}.mlp.b_in", neurons);
            Zeros($"blocks.{layer}.mlp.W_out", neurons, width);
            Zeros($"blocks.{layer}.mlp.b_out", width);
        }
    }

    /// <summary>The shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The heads that nothing was written to.</summary>
    public IEnumerable<(int Layer, int Head)> FreeHeads =>
        from layer in Enumerable.Range(0, Config.Layers)
        from head in Enumerable.Range(0, Config.Heads)
        where !written.Contains((layer, head))
        select (layer, head);

    /// <summary>Adds to an entry of a parameter.</summary>
    /// <param name="name">Its TransformerLens name.</param>
    /// <param name="weight">What to add.</param>
    /// <param name="index">One index per axis.</param>
    public void Add(string name, float weight, params ReadOnlySpan<int> index)
    {
        (long[] shape, float[] values) = parameters[name];
        long flat = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index[axis], name);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index[axis], shape[axis], name);
            flat = (flat * shape[axis]) + index[axis];
        }

        values[flat] += weight;
    }

    /// <summary>Adds to a token's embedding.</summary>
    public void Embed(int token, int dimension, float weight) => Add("embed.W_E", weight, token, dimension);

    /// <summary>Gives every position a dimension of its own.</summary>
    public void EmbedPositions(Subspace positions)
    {
        for (int position = 0; position < positions.Size; position++)
        {
            Add("pos_embed.W_pos", 1, position, positions[position]);
        }
    }

    /// <summary>Adds a weight from a residual dimension to a token's logit.</summary>
    public void Unembed(int dimension, int token, float weight) => Add("unembed.W_U", weight, dimension, token);

    /// <summary>A head to write to.</summary>
    public CompiledHead Head(int layer, int head)
    {
        written.Add((layer, head));
        return new CompiledHead(this, layer, head);
    }

    /// <summary>Writes the next neuron of an MLP: ReLU of a weighted sum of residual dimensions and a bias, times weights to residual dimensions.</summary>
    public void Neuron(int layer, IEnumerable<(int Dimension, float Weight)> reads, float bias, IEnumerable<(int Dimension, float Weight)> writes)
    {
        int neuron = neurons[layer]++;
        foreach ((int dimension, float weight) in reads)
        {
            Add($"blocks.{layer}.mlp.W_in", weight, dimension, neuron);
        }

        Add($"blocks.{layer}.mlp.b_in", bias, neuron);
        foreach ((int dimension, float weight) in writes)
        {
            Add($"blocks.{layer}.mlp.W_out", weight, neuron, dimension);
        }
    }

    /// <summary>Two neurons that make a step: 0 where the weighted sum is at most −½, 1 where it is at least ½, times weights to residual dimensions.</summary>
    public void Step(int layer, IReadOnlyList<(int Dimension, float Weight)> reads, float bias, IReadOnlyList<(int Dimension, float Weight)> writes)
    {
        Neuron(layer, reads, bias + 0.5f, writes);
        Neuron(layer, reads, bias - 0.5f, writes.Select(write => (write.Dimension, -write.Weight)));
    }

    /// <summary>The weights; the caller owns them. The hash is over configuration sizes, names and values.</summary>
    /// <param name="name">The model's name.</param>
    public ModelWeights ToWeights(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        return new ModelWeights(name, Config, parameters.Select(pair => KeyValuePair.Create(pair.Key, tensor(pair.Value.Values, pair.Value.Shape))).ToImmutableArray(), Hash(), WeightProcessing.None);
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> size = stackalloc byte[8];
        foreach ((string name, (long[] shape, float[] values)) in parameters)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            foreach (long length in shape)
            {
                BinaryPrimitives.WriteInt64LittleEndian(size, length);
                hash.AppendData(size);
            }

            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void Zeros(string name, params long[] shape) => parameters.Add(name, (shape, new float[shape.Aggregate((a, b) => a * b)]));
}
