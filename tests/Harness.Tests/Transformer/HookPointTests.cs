using System.Reflection;
using CircuitSpecs.Models;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Transformer;

public sealed class HookPointTests
{
    // The examples of TransformerLens's own documentation of get_act_name, and the forms its users write.
    [TestCase("k6", "blocks.6.attn.hook_k")]
    [TestCase("scale4ln1", "blocks.4.ln1.hook_scale")]
    [TestCase("pre5", "blocks.5.mlp.hook_pre")]
    [TestCase("resid_post5", "blocks.5.hook_resid_post")]
    [TestCase("mlp_out0", "blocks.0.hook_mlp_out")]
    [TestCase("attn4", "blocks.4.attn.hook_pattern")]
    [TestCase("attn_scores4", "blocks.4.attn.hook_attn_scores")]
    [TestCase("value3", "blocks.3.attn.hook_v")]
    [TestCase("q_input2", "blocks.2.hook_q_input")]
    [TestCase("embed", "hook_embed")]
    [TestCase("pos_embed", "hook_pos_embed")]
    [TestCase("normalized", "ln_final.hook_normalized")]
    [TestCase("blocks.4.attn.hook_pattern", "blocks.4.attn.hook_pattern")]
    public void Shorthand_means_the_full_name(string shorthand, string name) => HookPoint.Parse(shorthand).Name.Should().Be(name);

    [Test]
    public void Pairs_and_triples_mean_the_full_name()
    {
        ((HookPoint)("pattern", 4)).Should().Be(Hook.Pattern(4));
        ((HookPoint)("k", 6, "a")).Should().Be(Hook.K(6));
        ((HookPoint)("normalized", 2, "ln2")).Should().Be(Hook.Ln2Normalized(2));
        ((HookPoint)("resid_post", -1)).In(SmallTransformer.Config).Should().Be(Hook.ResidPost(2));
    }

    [Test]
    public void Typed_members_are_exactly_the_points_that_models_have()
    {
        IEnumerable<HookPoint> members = typeof(Hook).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .SelectMany(method => method.GetParameters().Length == 0
                ? [(HookPoint)method.Invoke(null, null)!]
                : Enumerable.Range(0, SmallTransformer.Config.Layers).Select(layer => (HookPoint)method.Invoke(null, [layer])!));

        // No model has all of them: the points of several shapes together.
        ModelConfig plain = SmallTransformer.Config;
        ModelConfig[] shapes =
        [
            plain,
            plain with { Positions = PositionScheme.Rotary, GatedMlp = true, PostNorms = true },
            plain with { EmbeddingNorm = true, Activation = ActivationFunction.SoluLayerNorm },
        ];
        HookPoint[] points = [.. shapes.SelectMany(PointsOf).Distinct()];

        points.Should().BeEquivalentTo(members.Distinct());

        static IEnumerable<HookPoint> PointsOf(ModelConfig shape)
        {
            using var weights = new ModelWeights("shape", shape, [], "hash", WeightProcessing.None);
            using var model = new HookedTransformer(weights);
            return model.HookPoints;
        }
    }

    [TestCase("blocks.1.attn.hook_patern", "blocks.1.attn.hook_pattern")]
    [TestCase("patern1", "blocks.1.attn.hook_pattern")]
    [TestCase("resid_pots2", "blocks.2.hook_resid_post")]
    [TestCase("blocks.1.hook_pattern", "blocks.1.attn.hook_pattern")]
    public void Unknown_name_lists_the_nearest(string wrong, string meant)
    {
        Action use = () => HookPoint.Parse(wrong).In(SmallTransformer.Config);

        use.Should().Throw<UnknownHookException>().Which.Message.Should().Contain(meant);
    }

    [TestCase(3)]
    [TestCase(-4)]
    public void Layer_outside_of_the_model_says_which_there_are(int layer)
    {
        Action use = () => Hook.Z(layer).In(SmallTransformer.Config);

        use.Should().Throw<UnknownHookException>().WithMessage("*layers are 0 to 2*");
    }
}
