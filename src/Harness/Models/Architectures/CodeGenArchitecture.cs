using static CircuitSpecs.Models.Architectures.StoredLayout;
using Tensor = TorchSharp.torch.Tensor;

namespace CircuitSpecs.Models.Architectures;

/// <summary>CodeGen (<c>CodeGenForCausalLM</c>): GPT-J with queries, values and keys, in that order, fused in four blocks of heads, as they were trained on four cores.</summary>
public sealed class CodeGenArchitecture : GptJLayout
{
    private const int Blocks = 4;

    /// <inheritdoc/>
    public override string ModelType => "codegen";

    /// <inheritdoc/>
    public override ModelConfig ReadConfig(ConfigFile config)
    {
        ModelConfig common = base.ReadConfig(config);
        return common.Heads % Blocks == 0 ? common : throw config.Unexpected("n_head", $"a multiple of {Blocks}");
    }

    /// <inheritdoc/>
    protected override IEnumerable<TensorMapping> MapReaders(ModelConfig config, string from, string to)
    {
        ArgumentNullException.ThrowIfNull(config);
        (long heads, long headWidth, long width) = (config.Heads, config.DHead, config.DModel);
        yield return Make($"{from}.qkv_proj.weight", [3 * heads * headWidth, width], WeightScope.Attention, [.. ((string[])["Q", "K", "V"]).SelectMany(role => (string[])[$"{to}.W_{role}", $"{to}.b_{role}"])], stored =>
        {
            Tensor fused = stored.view(Blocks, 3, heads / Blocks, headWidth, width);
            return ((string[])["Q", "V", "K"]).SelectMany((role, index) => ((string, Tensor)[])
            [
                ($"{to}.W_{role}", fused.select(1, index).reshape(heads, headWidth, width).transpose(1, 2).contiguous()),
                ($"{to}.b_{role}", TorchSharp.torch.zeros(heads, headWidth)),
            ]);
        });
    }
}
