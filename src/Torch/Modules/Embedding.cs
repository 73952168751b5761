using System.Diagnostics.CodeAnalysis;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The rows of a matrix by their numbers.</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private readonly long? _paddingIndex;
    private readonly double? _maxNorm;
    private readonly double _normType;

    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    internal Embedding(Parameter weight, long? padding_idx, double? max_norm, double norm_type, bool scale_grad_by_freq, bool sparse)
        : base("torch::nn::EmbeddingImpl")
    {
        if (scale_grad_by_freq) throw new NotSupportedException("Embedding: gradients scaled by frequency are not part of the embedded engine.");
        if (sparse) throw new NotSupportedException("Embedding: sparse gradients are not part of the embedded engine.");
        long rows = weight.shape[0];
        if (padding_idx >= rows || padding_idx < -rows)
            throw new TorchException("Embedding", $"Padding_idx must be within num_embeddings, got {padding_idx} for {rows} embeddings");
        _paddingIndex = padding_idx < 0 ? padding_idx + rows : padding_idx;
        _maxNorm = max_norm;
        _normType = norm_type;
        this.weight = weight;
    }

    /// <summary>As in TorchSharp a new handle each time, which may be disposed.</summary>
    [DisallowNull]
    public Parameter? weight
    {
        get => new(Table);
        set
        {
            _weight = (Parameter)value.DetachFromDisposeScope();
            ConditionallyRegisterParameter(nameof(weight), _weight);
        }
    }

    private Parameter Table => _weight!;

    public override Tensor forward(Tensor input)
    {
        if (input.dtype is not (ScalarType.Int64 or ScalarType.Int32))
            throw new TorchException("embedding", $"Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got {input.dtype} instead (while checking arguments for embedding)");
        using DisposeScope scope = NewDisposeScope();
        Tensor table = Table, ids = input.reshape(-1).to_type(ScalarType.Int64);
        if (_maxNorm is { } limit) Renormalize(table, ids, limit);
        Tensor rows = table.index_select(0, ids);

        // The row of the padding is looked up like any other, but learns nothing.
        if (_paddingIndex is { } padding && rows.requires_grad) rows = where(ids.eq(padding).unsqueeze(-1), rows.detach(), rows);
        return rows.reshape([.. input.shape, table.shape[1]]).MoveToOuterDisposeScope();
    }

    /// <summary>Shrinks, in place, the rows looked up whose norm is above the limit.</summary>
    private void Renormalize(Tensor table, Tensor ids, double limit)
    {
        using IDisposable mode = no_grad();
        Tensor rows = table.index_select(0, ids);
        Tensor norms = linalg.vector_norm(rows, _normType, [1], keepdim: true);
        Tensor scaled = rows.mul(norms.add(1e-7).reciprocal().mul(limit));
        table.index_put_(where(norms.gt(limit), scaled, rows), TensorIndex.Tensor(ids));
    }
}
