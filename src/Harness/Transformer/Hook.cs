namespace CircuitSpecs.Transformer;

/// <summary>
/// The hook points by name, checked by the compiler: <c>Hook.Pattern(4)</c> is <c>blocks.4.attn.hook_pattern</c>.
/// A negative layer counts from the last one.
/// </summary>
public static class Hook
{
    /// <summary><c>hook_tokens</c> [batch, pos], int64; only when asked for.</summary>
    public static HookPoint Tokens { get; } = new("hook_tokens");

    /// <summary><c>hook_embed</c> [batch, pos, d_model]: the token embedding.</summary>
    public static HookPoint Embed { get; } = new("hook_embed");

    /// <summary><c>embed.ln.hook_scale</c> [batch, pos, 1]: of the LayerNorm after the embedding, in models that have one.</summary>
    public static HookPoint EmbedNormScale { get; } = new("embed.ln.hook_scale");

    /// <summary><c>embed.ln.hook_normalized</c> [batch, pos, d_model]: the embedding after its LayerNorm.</summary>
    public static HookPoint EmbedNormNormalized { get; } = new("embed.ln.hook_normalized");

    /// <summary><c>hook_pos_embed</c> [batch, pos, d_model]: the position embedding.</summary>
    public static HookPoint PosEmbed { get; } = new("hook_pos_embed");

    /// <summary><c>ln_final.hook_scale</c> [batch, pos, 1]: √(variance + ε), which the final residual is divided by.</summary>
    public static HookPoint FinalScale { get; } = new("ln_final.hook_scale");

    /// <summary><c>ln_final.hook_normalized</c> [batch, pos, d_model].</summary>
    public static HookPoint FinalNormalized { get; } = new("ln_final.hook_normalized");

    /// <summary><c>unembed.hook_in</c> [batch, pos, d_model]; only when asked for.</summary>
    public static HookPoint UnembedIn { get; } = new("unembed.hook_in");

    /// <summary><c>unembed.hook_out</c> [batch, pos, d_vocab], the logits; only when asked for.</summary>
    public static HookPoint UnembedOut { get; } = new("unembed.hook_out");

    /// <summary><c>hook_resid_pre</c> [batch, pos, d_model]: the residual stream before a block.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint ResidPre(int layer) => new(layer, "hook_resid_pre");

    /// <summary><c>hook_resid_mid</c> [batch, pos, d_model]: between attention and MLP.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint ResidMid(int layer) => new(layer, "hook_resid_mid");

    /// <summary><c>hook_resid_post</c> [batch, pos, d_model]: after a block.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint ResidPost(int layer) => new(layer, "hook_resid_post");

    /// <summary><c>hook_attn_in</c> [batch, pos, head, d_model]: what each head reads, before ln1; only when asked for.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint AttnIn(int layer) => new(layer, "hook_attn_in");

    /// <summary><c>hook_q_input</c> [batch, pos, head, d_model]: what each head's queries read, before ln1; only when asked for.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint QInput(int layer) => new(layer, "hook_q_input");

    /// <summary><c>hook_k_input</c> [batch, pos, head, d_model]: what each head's keys read, before ln1; only when asked for.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint KInput(int layer) => new(layer, "hook_k_input");

    /// <summary><c>hook_v_input</c> [batch, pos, head, d_model]: what each head's values read, before ln1; only when asked for.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint VInput(int layer) => new(layer, "hook_v_input");

    /// <summary><c>ln1.hook_scale</c> [batch, pos, 1].</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Ln1Scale(int layer) => new(layer, "ln1.hook_scale");

    /// <summary><c>ln1.hook_normalized</c> [batch, pos, d_model]: what attention reads.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Ln1Normalized(int layer) => new(layer, "ln1.hook_normalized");

    /// <summary><c>attn.hook_q</c> [batch, pos, head, d_head]: queries, before any rotation.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Q(int layer) => new(layer, "attn.hook_q");

    /// <summary><c>attn.hook_k</c> [batch, pos, key/value head, d_head]: keys, before any rotation.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint K(int layer) => new(layer, "attn.hook_k");

    /// <summary><c>attn.hook_v</c> [batch, pos, key/value head, d_head]: values.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint V(int layer) => new(layer, "attn.hook_v");

    /// <summary><c>attn.hook_rot_q</c> [batch, pos, head, d_head]: queries after the rotation by position; in models with rotary embeddings.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint RotQ(int layer) => new(layer, "attn.hook_rot_q");

    /// <summary><c>attn.hook_rot_k</c> [batch, pos, key/value head, d_head]: keys after the rotation by position; in models with rotary embeddings.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint RotK(int layer) => new(layer, "attn.hook_rot_k");

    /// <summary><c>attn.hook_attn_scores</c> [batch, head, query, key]: scaled and masked, before the softmax.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint AttnScores(int layer) => new(layer, "attn.hook_attn_scores");

    /// <summary><c>attn.hook_pattern</c> [batch, head, query, key]: attention probabilities.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Pattern(int layer) => new(layer, "attn.hook_pattern");

    /// <summary><c>attn.hook_z</c> [batch, pos, head, d_head]: values weighted by attention, before W_O.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Z(int layer) => new(layer, "attn.hook_z");

    /// <summary><c>attn.hook_result</c> [batch, pos, head, d_model]: what each head writes, without b_O; only when asked for.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Result(int layer) => new(layer, "attn.hook_result");

    /// <summary><c>hook_attn_out</c> [batch, pos, d_model]: what the attention layer writes, with b_O.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint AttnOut(int layer) => new(layer, "hook_attn_out");

    /// <summary><c>hook_mlp_in</c> [batch, pos, d_model]: what the MLP reads, before ln2; only when asked for.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint MlpIn(int layer) => new(layer, "hook_mlp_in");

    /// <summary><c>ln2.hook_scale</c> [batch, pos, 1].</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Ln2Scale(int layer) => new(layer, "ln2.hook_scale");

    /// <summary><c>ln2.hook_normalized</c> [batch, pos, d_model]: what the MLP's first matrix reads.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Ln2Normalized(int layer) => new(layer, "ln2.hook_normalized");

    /// <summary><c>mlp.hook_pre</c> [batch, pos, d_mlp]: neurons before the activation function.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Pre(int layer) => new(layer, "mlp.hook_pre");

    /// <summary><c>mlp.hook_pre_linear</c> [batch, pos, d_mlp]: what a gated MLP multiplies its activated gate with.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint PreLinear(int layer) => new(layer, "mlp.hook_pre_linear");

    /// <summary><c>mlp.hook_mid</c> [batch, pos, d_mlp]: neurons after SoLU and before the MLP's own LayerNorm.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Mid(int layer) => new(layer, "mlp.hook_mid");

    /// <summary><c>mlp.hook_post</c> [batch, pos, d_mlp]: neurons after the activation function.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Post(int layer) => new(layer, "mlp.hook_post");

    /// <summary><c>ln1_post.hook_scale</c> [batch, pos, 1]: of the norm after the attention, in models that have one.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Ln1PostScale(int layer) => new(layer, "ln1_post.hook_scale");

    /// <summary><c>ln1_post.hook_normalized</c> [batch, pos, d_model]: what attention writes after that norm, before its weight.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Ln1PostNormalized(int layer) => new(layer, "ln1_post.hook_normalized");

    /// <summary><c>ln2_post.hook_scale</c> [batch, pos, 1]: of the norm after the MLP, in models that have one.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Ln2PostScale(int layer) => new(layer, "ln2_post.hook_scale");

    /// <summary><c>ln2_post.hook_normalized</c> [batch, pos, d_model]: what the MLP writes after that norm, before its weight.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint Ln2PostNormalized(int layer) => new(layer, "ln2_post.hook_normalized");

    /// <summary><c>mlp.ln.hook_scale</c> [batch, pos, 1]: of the LayerNorm over the neurons, in SoLU models.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint MlpNormScale(int layer) => new(layer, "mlp.ln.hook_scale");

    /// <summary><c>mlp.ln.hook_normalized</c> [batch, pos, d_mlp]: neurons after the LayerNorm over them, in SoLU models.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint MlpNormNormalized(int layer) => new(layer, "mlp.ln.hook_normalized");

    /// <summary><c>hook_mlp_out</c> [batch, pos, d_model]: what the MLP writes, with b_out.</summary>
    /// <param name="layer">The block.</param>
    public static HookPoint MlpOut(int layer) => new(layer, "hook_mlp_out");
}
