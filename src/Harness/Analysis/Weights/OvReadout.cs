using CircuitSpecs.Components;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Analysis;

/// <summary>The logits that heads write when they attend to given tokens, along one path. The vectors of the tokens are made once for all heads, in the dispose scope of whoever makes this object.</summary>
internal sealed class OvReadout
{
    private readonly ModelWeights weights;
    private readonly OvPath path;
    private readonly Tensor read;

    /// <param name="weights">The parameters.</param>
    /// <param name="attended">The tokens attended to.</param>
    /// <param name="path">The path.</param>
    public OvReadout(ModelWeights weights, IReadOnlyList<int> attended, OvPath path)
    {
        this.weights = weights;
        this.path = path;
        read = weights.TokenVectors(attended, path.Vector);
    }

    /// <summary>The logits of candidates.</summary>
    /// <param name="head">The head.</param>
    /// <param name="candidates">Token ids int64; null for the whole vocabulary.</param>
    /// <param name="sign">−1 to read the opposite of what the head writes.</param>
    /// <returns>[attended, candidate], in the caller's dispose scope.</returns>
    public Tensor Logits(Head head, Tensor? candidates, int sign = 1)
    {
        HeadCircuits.Require(weights, head);
        ModelConfig config = weights.Config;
        string block = $"blocks.{head.Layer}";
        using DisposeScope step = NewDisposeScope();
        using IDisposable quiet = no_grad();
        Tensor values = (path.InputNorm ? Normalization.Of(weights, $"{block}.ln1", read) : read).matmul(weights[$"{block}.attn.W_V"].select(0, config.KeyValueHeadOf(head.Index)));
        Tensor written = values.matmul(weights[$"{block}.attn.W_O"].select(0, head.Index)) * sign;
        Tensor final = path.Final switch
        {
            FinalReading.Unembedding => written,
            FinalReading.Linear => Linear(written),
            _ => Normalization.Of(weights, "ln_final", written),
        };
        Tensor unembedding = weights["unembed.W_U"];
        Tensor logits = final.matmul(candidates is null ? unembedding : unembedding.index_select(1, candidates));
        if (path.Final == FinalReading.OwnNorm && weights.TryGet("unembed.b_U", out Tensor? bias))
        {
            logits = logits + (candidates is null ? bias : bias.index_select(0, candidates));
        }

        return logits.MoveToOuterDisposeScope();
    }

    /// <summary>How many candidates have a larger logit than the target has.</summary>
    /// <param name="head">The head.</param>
    /// <param name="targets">One token for each attended one, int64.</param>
    /// <param name="candidates">Token ids int64; null for the whole vocabulary.</param>
    /// <param name="sign">−1 to read the opposite of what the head writes.</param>
    public int[] Ranks(Head head, Tensor targets, Tensor? candidates, int sign)
    {
        using DisposeScope step = NewDisposeScope();
        Tensor logits = Logits(head, candidates, sign);

        // Where candidates are listed, the target is among them: its own column gives the same bits as a separate product might not.
        Tensor columns = candidates is null ? targets : candidates.unsqueeze(0).eq(targets.unsqueeze(1)).to(ScalarType.Int64).argmax(1);
        Tensor own = logits.gather(1, columns.unsqueeze(1));
        long[] ranks = logits.gt(own).sum([1]).data<long>().ToArray();
        return [.. ranks.Select(rank => (int)rank)];
    }

    private Tensor Linear(Tensor written)
    {
        Tensor centred = weights.Config.Norm == NormKind.LayerNorm ? written - written.mean([-1], keepdim: true) : written;
        return weights.TryGet("ln_final.w", out Tensor? gain) ? centred * gain : centred;
    }
}
