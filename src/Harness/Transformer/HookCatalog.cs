using System.Collections.Immutable;
using CircuitSpecs.Models;

namespace CircuitSpecs.Transformer;

/// <summary>Every hook point that a forward pass has, in the order in which they fire.</summary>
internal static class HookCatalog
{
    private static readonly ImmutableArray<HookSite> Before =
    [
        new("hook_tokens", false, HookAxes.BatchPos, OnDemand: true),
        new("embed.ln.hook_scale", false, HookAxes.BatchPosOne, When: HasEmbeddingNorm),
        new("embed.ln.hook_normalized", false, HookAxes.BatchPosModel, When: HasEmbeddingNorm),
        new("hook_embed", false, HookAxes.BatchPosModel),
        new("hook_pos_embed", false, HookAxes.BatchPosModel, When: config => config.Positions == PositionScheme.Learned),
    ];

    private static readonly ImmutableArray<HookSite> InBlock =
    [
        new("hook_resid_pre", true, HookAxes.BatchPosModel),
        new("hook_attn_in", true, HookAxes.BatchPosHeadModel, OnDemand: true, When: config => !config.GroupsKeyValues),
        new("hook_q_input", true, HookAxes.BatchPosHeadModel, OnDemand: true),
        new("hook_k_input", true, HookAxes.BatchPosKeyValueHeadModel, OnDemand: true),
        new("hook_v_input", true, HookAxes.BatchPosKeyValueHeadModel, OnDemand: true),
        new("ln1.hook_scale", true, HookAxes.BatchPosOne, When: HasNorms),
        new("ln1.hook_normalized", true, HookAxes.BatchPosModel, When: HasNorms),
        new("attn.hook_q", true, HookAxes.BatchPosHeadWidth),
        new("attn.hook_k", true, HookAxes.BatchPosKeyValueHeadWidth),
        new("attn.hook_v", true, HookAxes.BatchPosKeyValueHeadWidth),
        new("attn.hook_rot_q", true, HookAxes.BatchPosHeadWidth, When: HasRotation),
        new("attn.hook_rot_k", true, HookAxes.BatchPosKeyValueHeadWidth, When: HasRotation),
        new("attn.hook_attn_scores", true, HookAxes.BatchHeadQueryKey),
        new("attn.hook_pattern", true, HookAxes.BatchHeadQueryKey),
        new("attn.hook_z", true, HookAxes.BatchPosHeadWidth),
        new("attn.hook_result", true, HookAxes.BatchPosHeadModel, OnDemand: true),
        new("ln1_post.hook_scale", true, HookAxes.BatchPosOne, When: config => config.PostNorms),
        new("ln1_post.hook_normalized", true, HookAxes.BatchPosModel, When: config => config.PostNorms),
        new("hook_attn_out", true, HookAxes.BatchPosModel),
        new("hook_resid_mid", true, HookAxes.BatchPosModel, When: config => HasMlps(config) && !config.ParallelBlock),
        new("hook_mlp_in", true, HookAxes.BatchPosModel, OnDemand: true, When: HasMlps),
        new("ln2.hook_scale", true, HookAxes.BatchPosOne, When: config => HasMlps(config) && HasNorms(config)),
        new("ln2.hook_normalized", true, HookAxes.BatchPosModel, When: config => HasMlps(config) && HasNorms(config)),
        new("mlp.hook_pre", true, HookAxes.BatchPosMlp, When: HasMlps),
        new("mlp.hook_pre_linear", true, HookAxes.BatchPosMlp, When: config => HasMlps(config) && config.GatedMlp),
        new("mlp.hook_mid", true, HookAxes.BatchPosMlp, When: NormalizesNeurons),
        new("mlp.ln.hook_scale", true, HookAxes.BatchPosOne, When: NormalizesNeurons),
        new("mlp.ln.hook_normalized", true, HookAxes.BatchPosMlp, When: NormalizesNeurons),
        new("mlp.hook_post", true, HookAxes.BatchPosMlp, When: HasMlps),
        new("ln2_post.hook_scale", true, HookAxes.BatchPosOne, When: config => HasMlps(config) && config.PostNorms),
        new("ln2_post.hook_normalized", true, HookAxes.BatchPosModel, When: config => HasMlps(config) && config.PostNorms),
        new("hook_mlp_out", true, HookAxes.BatchPosModel, When: HasMlps),
        new("hook_resid_post", true, HookAxes.BatchPosModel),
    ];

    private static readonly ImmutableArray<HookSite> After =
    [
        new("ln_final.hook_scale", false, HookAxes.BatchPosOne, When: HasNorms),
        new("ln_final.hook_normalized", false, HookAxes.BatchPosModel, When: HasNorms),
        new("unembed.hook_in", false, HookAxes.BatchPosModel, OnDemand: true),
        new("unembed.hook_out", false, HookAxes.BatchPosVocab, OnDemand: true),
    ];

    private static readonly ImmutableDictionary<string, HookSite> BySite =
        Before.Concat(InBlock).Concat(After).ToImmutableDictionary(site => site.Site, StringComparer.Ordinal);

    /// <summary>The entry of a point, or null where a model of this shape has none.</summary>
    public static HookSite? Find(HookPoint point, ModelConfig config)
    {
        bool known = BySite.TryGetValue(point.Site, out HookSite? site)
            && (site.PerLayer ? point.Layer >= 0 && point.Layer < config.Layers : point.Layer is null);
        return known && site!.IsIn(config) ? site : null;
    }

    /// <summary>All points of a model of this shape.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="onDemand">Whether to list those that exist only when asked for.</param>
    public static IEnumerable<HookPoint> PointsIn(ModelConfig config, bool onDemand)
    {
        bool Wanted(HookSite site) => (onDemand || !site.OnDemand) && site.IsIn(config);
        return [
            .. Before.Where(Wanted).Select(site => new HookPoint(site.Site)),
            .. from layer in Enumerable.Range(0, config.Layers)
               from site in InBlock.Where(Wanted)
               select new HookPoint(layer, site.Site),
            .. After.Where(Wanted).Select(site => new HookPoint(site.Site)),
        ];
    }

    private static bool HasNorms(ModelConfig config) => config.Norm != NormKind.None;

    private static bool HasEmbeddingNorm(ModelConfig config) => config.EmbeddingNorm;

    private static bool HasRotation(ModelConfig config) => config.Positions == PositionScheme.Rotary;

    private static bool HasMlps(ModelConfig config) => !config.AttentionOnly;

    private static bool NormalizesNeurons(ModelConfig config) => HasMlps(config) && config.Activation == ActivationFunction.SoluLayerNorm;
}
