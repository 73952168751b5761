using static TorchSharp.torch;

namespace CircuitSpecs.Models;

/// <summary>
/// TransformerLens's weight processing (2.x, <c>HookedTransformer.load_and_process_state_dict</c>), in its order: fold LayerNorm, centre the
/// writing weights, centre the unembedding, fold value biases. Each step leaves the log-probabilities as they were. The input is not touched.
/// Of a checkpoint that holds attention weights only, what is there is processed.
/// </summary>
public static class WeightProcessor
{
    private static readonly string[] Folded = ["ln1", "ln2", "mlp.ln", "ln_final"];
    private static readonly long[] Columns = [-1];
    private static readonly long[] Rows = [-2];

    /// <summary>Processed copies of weights; tensors that a processing leaves alone share their memory with the input.</summary>
    /// <param name="weights">Unprocessed weights.</param>
    /// <param name="processing">What to do.</param>
    /// <returns>New weights; the caller owns them, and the input may be disposed before them.</returns>
    /// <exception cref="ArgumentException">The weights are processed already.</exception>
    public static ModelWeights Apply(ModelWeights weights, WeightProcessing processing)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Processing != WeightProcessing.None)
        {
            throw new ArgumentException($"The weights of '{weights.Name}' are processed already ({weights.Processing}); processing starts from weights as stored.", nameof(weights));
        }

        if (weights.AreStreamed)
        {
            return ApplyToStreamed(weights, processing);
        }

        using var scope = NewDisposeScope();
        var parameters = weights.Names.ToDictionary(name => name, name => weights[name].alias(), StringComparer.Ordinal);
        Process(parameters, weights.Config, processing);
        return new ModelWeights(weights.Name, weights.Config, parameters, weights.Hash, processing);
    }

    // Every step stays within a group of streamed parameters, so a group is processed as it is read. The input has to live on.
    private static ModelWeights ApplyToStreamed(ModelWeights weights, WeightProcessing processing)
    {
        IReadOnlyList<string> names = processing.HasFlag(WeightProcessing.FoldLayerNorm) ? [.. weights.Names.Where(name => !IsFolded(name))] : [.. weights.Names];
        StreamedParameters stored = weights.Streamed!;
        var streamed = new StreamedParameters(names, Read, stored.BytesOf, checkpoint: null, MemoryLimit.ForWeights);
        return new ModelWeights(weights.Name, weights.Config, names, streamed, weights.Hash, processing);

        IReadOnlyDictionary<string, Tensor> Read(string group)
        {
            using var scope = NewDisposeScope();
            var parameters = new Dictionary<string, Tensor>(stored.Read(group), StringComparer.Ordinal);
            Process(parameters, weights.Config, processing);
            return parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.MoveToOuterDisposeScope(), StringComparer.Ordinal);
        }
    }

    private static bool IsFolded(string name) =>
        Folded.Any(norm => name.EndsWith($"{norm}.w", StringComparison.Ordinal) || name.EndsWith($"{norm}.b", StringComparison.Ordinal));

    private static void Process(Dictionary<string, Tensor> parameters, ModelConfig config, WeightProcessing processing)
    {
        if (processing.HasFlag(WeightProcessing.FoldLayerNorm))
        {
            FoldNorms(parameters, config);
        }

        // RMSNorm does not subtract the mean, so the mean that is written is read.
        if (processing.HasFlag(WeightProcessing.CenterWritingWeights) && config.Norm == NormKind.LayerNorm)
        {
            CenterWritingWeights(parameters, config.Layers);
        }

        // A bounded logit is no longer shifted by a constant.
        if (processing.HasFlag(WeightProcessing.CenterUnembed) && config.LogitSoftCap is null)
        {
            Change(parameters, "unembed.W_U", value => Centered(value, Columns));
            Change(parameters, "unembed.b_U", value => Centered(value, Columns));
        }

        if (processing.HasFlag(WeightProcessing.FoldValueBiases))
        {
            FoldValueBiases(parameters, config);
        }
    }

    private static void FoldNorms(Dictionary<string, Tensor> parameters, ModelConfig config)
    {
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string block = $"blocks.{layer}";
            foreach (string reader in (string[])["Q", "K", "V"])
            {
                FoldInto(parameters, config, $"{block}.ln1", $"{block}.attn.W_{reader}", $"{block}.attn.b_{reader}");
            }

            FoldInto(parameters, config, $"{block}.ln2", $"{block}.mlp.W_in", config.GatedMlp ? $"{block}.mlp.b_up" : $"{block}.mlp.b_in");
            FoldInto(parameters, config, $"{block}.ln2", $"{block}.mlp.W_gate", $"{block}.mlp.b_gate");
            FoldInto(parameters, config with { Norm = NormKind.LayerNorm }, $"{block}.mlp.ln", $"{block}.mlp.W_out", $"{block}.mlp.b_out");
            Remove(parameters, $"{block}.ln1", $"{block}.ln2", $"{block}.mlp.ln");
        }

        FoldInto(parameters, config, "ln_final", "unembed.W_U", "unembed.b_U");
        Remove(parameters, "ln_final");
    }

    // matrix is [.., d_model, out]. What LayerNorm gives has mean zero, so the mean over d_model of what reads it has no effect: it goes.
    private static void FoldInto(Dictionary<string, Tensor> parameters, ModelConfig config, string norm, string matrix, string bias)
    {
        if (!parameters.TryGetValue(matrix, out Tensor? reading) || !parameters.TryGetValue($"{norm}.w", out Tensor? weight))
        {
            return;
        }

        if (parameters.TryGetValue($"{norm}.b", out Tensor? shift))
        {
            Tensor added = (reading * shift.unsqueeze(-1)).sum(-2);
            parameters[bias] = parameters.TryGetValue(bias, out Tensor? before) ? before + added : added;
        }

        Tensor scaled = reading * weight.unsqueeze(-1);
        parameters[matrix] = config.Norm == NormKind.LayerNorm ? Centered(scaled, Rows) : scaled;
    }

    private static void Remove(Dictionary<string, Tensor> parameters, params ReadOnlySpan<string> norms)
    {
        foreach (string norm in norms)
        {
            parameters.Remove($"{norm}.w");
            parameters.Remove($"{norm}.b");
        }
    }

    // LayerNorm subtracts the mean over d_model, so a mean that is written to the residual stream is never read.
    private static void CenterWritingWeights(Dictionary<string, Tensor> parameters, int layers)
    {
        string[] ofBlock = ["attn.W_O", "attn.b_O", "mlp.W_out", "mlp.b_out"];
        IEnumerable<string> names = ["embed.W_E", "pos_embed.W_pos", .. Enumerable.Range(0, layers).SelectMany(layer => ofBlock.Select(name => $"blocks.{layer}.{name}"))];
        foreach (string name in names)
        {
            Change(parameters, name, value => Centered(value, Columns));
        }
    }

    // The rows of a pattern sum to one, so every head adds b_V W_O at every position, whatever it attends to.
    private static void FoldValueBiases(Dictionary<string, Tensor> parameters, ModelConfig config)
    {
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string attention = $"blocks.{layer}.attn";
            if (!parameters.TryGetValue($"{attention}.b_V", out Tensor? values))
            {
                continue;
            }

            Tensor ofHeads = config.GroupsKeyValues ? values.repeat_interleave(config.Heads / config.KeyValueHeads, 0) : values;
            Tensor written = (ofHeads.unsqueeze(-1) * parameters[$"{attention}.W_O"]).sum([0, 1]);
            parameters[$"{attention}.b_O"] = parameters[$"{attention}.b_O"] + written;
            parameters[$"{attention}.b_V"] = zeros_like(values);
        }
    }

    private static void Change(Dictionary<string, Tensor> parameters, string name, Func<Tensor, Tensor> change)
    {
        if (parameters.TryGetValue(name, out Tensor? value))
        {
            parameters[name] = change(value);
        }
    }

    private static Tensor Centered(Tensor value, long[] over) => value - value.mean(over, keepdim: true);
}
