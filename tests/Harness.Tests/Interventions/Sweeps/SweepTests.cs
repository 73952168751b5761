using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

public sealed class SweepTests
{
    private static readonly Func<int, HookPoint>[] OfHeads = [Hook.Z, Hook.Q, Hook.K, Hook.V, Hook.AttnScores, Hook.Pattern];
    private static readonly Func<int, HookPoint>[] OfLayers = [Hook.ResidPre, Hook.ResidMid, Hook.ResidPost, Hook.AttnOut, Hook.MlpOut];

    [Test]
    public void Patching_heads([Values] SweepDirection direction, [Range(0, 5)] int of)
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        Sweep.Heads(model, pairs, direction, OfHeads[of]).ShouldEqualTheNaiveLoop(model, pairs);
    }

    [Test]
    public void Patching_heads_by_position([Values] SweepDirection direction, [Range(0, 5)] int of)
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts().OfLength(6);
        Sweep.HeadsByPosition(model, pairs, direction, OfHeads[of]).ShouldEqualTheNaiveLoop(model, pairs);
    }

    [Test]
    public void Patching_heads_at_named_positions([Range(0, 5)] int of)
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        Sweep.HeadsByPosition(model, pairs, SweepDirection.Denoising, OfHeads[of], ["S", "END"]).ShouldEqualTheNaiveLoop(model, pairs);
    }

    [Test]
    public void Patching_layers([Values] SweepDirection direction, [Range(0, 4)] int of)
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        Sweep.Layers(model, pairs, direction, OfLayers[of]).ShouldEqualTheNaiveLoop(model, pairs);
        Sweep.LayersByPosition(model, pairs.OfLength(5), direction, OfLayers[of]).ShouldEqualTheNaiveLoop(model, pairs.OfLength(5));
    }

    [Test]
    public void Ablating_heads_and_mlps()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts(count: 9);
        foreach (Func<HookPoint, Intervention> ablation in (Func<HookPoint, Intervention>[])[Ablate.Zero, point => Ablate.Mean(point), point => Ablate.Mean(point, MeanOver.AllPositions), point => Ablate.Resample(point, 3)])
        {
            Sweep.AblateHeads(model, prompts, ablation).ShouldEqualTheNaiveLoop(model, prompts);
            Sweep.AblateMlps(model, prompts, ablation).ShouldEqualTheNaiveLoop(model, prompts);
        }
    }

    [Test]
    public void Path_patching([Values] SweepDirection direction, [Values] PathMlps mlps)
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        Sweep.HeadPaths(model, pairs, direction, mlps).ShouldEqualTheNaiveLoop(model, pairs, cell => new FrozenPath(cell, direction, mlps));
        Sweep.MlpPaths(model, pairs, direction, mlps).ShouldEqualTheNaiveLoop(model, pairs, cell => new FrozenPath(cell, direction, mlps));
    }

    [Test]
    public void Answers_before_the_end()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet all = SmallTransformer.Prompts().OfLength(6);
        var pairs = new EvaluationSet("early", 0, all.Prompts.Select((prompt, i) => prompt with { AnswerPosition = i % 2 == 0 ? 3 : -1 }));

        SweepResult result = Sweep.HeadsByPosition(model, pairs, SweepDirection.Noising).ShouldEqualTheNaiveLoop(model, pairs);
        result[1, 0, 5].Numerators[0].Should().Be(result.Unpatched.Numerators[0], "position 5 comes after the answer of prompt 0");
    }

    [TestCaseSource(nameof(Shapes))]
    public void Models_of_every_shape(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet pairs = SmallTransformer.Prompts(count: 3);
        SweepKinds.All(model, pairs).Select(sweep => sweep.ShouldEqualTheNaiveLoop(model, pairs)).Should().HaveCountGreaterThan(10);
    }

    [Test]
    public void Numbers_do_not_depend_on_what_fits_at_once()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet pairs = SmallTransformer.Prompts();
        foreach (Sweep sweep in SweepKinds.All(model, pairs))
        {
            var little = new Sweep(model, pairs, SweepMetric.LogitDifference, sweep.Task, new SweepLimits(TokensAtOnce: 7, BytesWaiting: 500, BytesKept: 1));
            little.Groups.Should().HaveCount(pairs.Count, "every prompt is a group of its own");
            sweep.Groups.Should().HaveCount(2, "there are two lengths");
            little.ShouldEqualTheNaiveLoop(model, pairs);
        }
    }

    private static IEnumerable<TestCaseData> Shapes()
    {
        ModelConfig plain = SmallTransformer.Config;
        yield return new TestCaseData(plain).SetArgDisplayNames("plain");
        yield return new TestCaseData(SmallTransformer.Grouped).SetArgDisplayNames("grouped keys and values, rotation, RMSNorm, gated");
        yield return new TestCaseData(SmallTransformer.Parallel).SetArgDisplayNames("parallel blocks");
        yield return new TestCaseData(plain with { AttentionOnly = true }).SetArgDisplayNames("attention only");
        yield return new TestCaseData(plain with { Norm = NormKind.None }).SetArgDisplayNames("no norms");
        yield return new TestCaseData(plain with { Layers = 1, AttentionDivisor = [2] }).SetArgDisplayNames("one layer");
        yield return new TestCaseData(plain with { Positions = PositionScheme.Alibi, EmbeddingNorm = true }).SetArgDisplayNames("ALiBi");
        yield return new TestCaseData(plain with { AttentionWindow = [2, null, 3] }).SetArgDisplayNames("windows");
        yield return new TestCaseData(SmallTransformer.Grouped with { PostNorms = true, AttentionSoftCap = 0.7, LogitSoftCap = 0.9, AttentionWindow = [null, 2, null] }).SetArgDisplayNames("norms after layers, soft caps");
    }
}
