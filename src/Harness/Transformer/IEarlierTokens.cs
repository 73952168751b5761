using static TorchSharp.torch;

namespace CircuitSpecs.Transformer;

/// <summary>Keys (rotated) and values of the tokens that stand before those of a run.</summary>
internal interface IEarlierTokens
{
    /// <summary>Tokens a prompt that it holds.</summary>
    long Length { get; }

    /// <summary>Puts the run's own keys and values of a layer after the earlier ones.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="keys">[batch, pos, key/value head, d_head].</param>
    /// <param name="values">[batch, pos, key/value head, d_head].</param>
    /// <returns>Earlier and own, [batch, earlier + pos, key/value head, d_head].</returns>
    (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values);
}
