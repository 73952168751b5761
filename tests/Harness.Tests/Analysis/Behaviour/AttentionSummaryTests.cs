using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Analysis.Behaviour;

public sealed class AttentionSummaryTests
{
    private static IEnumerable<ModelConfig> Shapes => SmallTransformer.Shapes.Values;

    [TestCaseSource(nameof(Shapes))]
    public void Every_number_is_a_mean_over_the_pattern_of_its_prompt(ModelConfig config)
    {
        using HookedTransformer model = SmallTransformer.Create(config: config);
        EvaluationSet prompts = SmallTransformer.Prompts(count: 3);
        foreach (Head head in Head.AllIn(config))
        {
            for (int prompt = 0; prompt < prompts.Count; prompt++)
            {
                long[] tokens = [.. prompts.Prompts[prompt].Tokens.Select(token => (long)token)];
                int n = tokens.Length;
                using CachedRun run = model.RunWithCache(TorchSharp.torch.tensor(tokens, [1, n]), Hook.Pattern(head.Layer));
                float[] values = run.Cache[Hook.Pattern(head.Layer)][0, head.Index].contiguous().data<float>().ToArray();
                double[,] pattern = new double[n, n];
                for (int index = 0; index < values.Length; index++)
                {
                    pattern[index / n, index % n] = values[index];
                }

                double Mean(int first, Func<int, double> ofQuery) => Enumerable.Range(first, n - first).Average(ofQuery);
                double Entropy(int q) => -Enumerable.Range(0, q + 1).Sum(k => pattern[q, k] * Math.Log(pattern[q, k]));
                void Is(PerPrompt found, double expected) => found.Numerators[prompt].Should().BeApproximately(expected, 1e-6);
                Is(model.AttentionEntropy(head, prompts), Mean(0, Entropy));
                Is(AttentionSummary.Of(model, prompts).NormalizedEntropy[head], Mean(1, q => Entropy(q) / Math.Log(q + 1)));
                Is(model.AttentionDistance(head, prompts), Mean(0, q => Enumerable.Range(0, q + 1).Sum(k => pattern[q, k] * (q - k))));
                Is(model.FirstTokenScore(head, prompts), Mean(1, q => pattern[q, 0]));
                Is(model.CurrentTokenScore(head, prompts), Mean(0, q => pattern[q, q]));
                Is(AttentionSummary.Of(model, prompts).PreviousToken[head], Mean(1, q => pattern[q, q - 1]));
                Is(model.LargestAttention(head, prompts), Mean(1, q => Enumerable.Range(0, q + 1).Max(k => pattern[q, k])));
                Is(AttentionSummary.Of(model, prompts).Largest[head], Mean(0, q => Enumerable.Range(0, q + 1).Max(k => pattern[q, k])));
            }
        }
    }

    [Test]
    public void Interventions_are_seen()
    {
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet prompts = SmallTransformer.Prompts();
        PerPrompt before = model.AttentionEntropy("1.0", prompts);
        model.AttentionEntropy("1.0", prompts, Ablate.Zero(new Mlp(0))).Value.Should().NotBe(before.Value);
        model.AttentionEntropy("0.0", prompts, Ablate.Zero(new Mlp(0))).Value.Should().Be(model.AttentionEntropy("0.0", prompts).Value, "the first layer does not see the first MLP");
    }

    [Test]
    public void A_single_token_has_no_pattern_to_speak_of()
    {
        using HookedTransformer model = SmallTransformer.Create();
        var prompts = new EvaluationSet("one", 0, [new Prompt { Tokens = [3], Text = "only" }]);
        FluentActions.Invoking(() => AttentionSummary.Of(model, prompts)).Should().Throw<ArgumentException>().WithMessage("*'only'*one token*at least two*");
    }

    [Test]
    public void A_head_is_known_by_where_it_attends()
    {
        // Attention by position alone: the score of a key is the product of a query code and a key code of positions.
        using HookedTransformer model = SmallTransformer.Create();
        EvaluationSet repeated = new("repeated", 0, [new Prompt { Tokens = [0, 5, 6, 7, 8, 5, 6, 7, 8], Text = "twice" }]);
        (string Head, int Back, HeadRole Role)[] roles = [("0.0", 1, HeadRole.PreviousToken), ("0.1", 0, HeadRole.CurrentToken), ("1.0", 4, HeadRole.DuplicateToken), ("1.1", 3, HeadRole.Induction), ("2.2", 100, HeadRole.FirstToken)];
        using IDisposable patterns = model.Hooks([.. roles.Select(role => new ForwardHook(Hook.Pattern(Head.Parse(role.Head).Layer), (pattern, _) => Looking(pattern, Head.Parse(role.Head).Index, role.Back)))]);
        var taxonomy = HeadTaxonomy.Of(model, repeated);
        foreach ((string head, _, HeadRole role) in roles)
        {
            taxonomy[head].Strongest.Should().Be(role);
            taxonomy[head].Roles(0.6).Should().Equal(role);
            taxonomy.With(role, 0.6).Select(profile => profile.Head.ToString()).Should().Equal(head);
        }

        taxonomy.Profiles.Should().HaveCount(9);
        taxonomy["1.2"].Roles(0.9).Should().BeEmpty();
        FluentActions.Invoking(() => taxonomy["7.0"]).Should().Throw<KeyNotFoundException>().WithMessage("*no head 7.0*");
        FluentActions.Invoking(() => HeadTaxonomy.Of(model, SmallTransformer.Prompts())).Should().Throw<ArgumentException>();
    }

    /// <summary>A head that attends a fixed distance back, or to the first token where there is none.</summary>
    private static TorchSharp.torch.Tensor Looking(TorchSharp.torch.Tensor pattern, int head, int back)
    {
        float[] values = pattern.contiguous().data<float>().ToArray();
        int heads = (int)pattern.shape[1];
        int n = (int)pattern.shape[2];
        for (int index = 0; index < values.Length; index++)
        {
            int query = index / n % n;
            values[index] = index / n / n % heads != head ? values[index] : index % n == Math.Max(query - back, 0) ? 1 : 0;
        }

        return TorchSharp.torch.tensor(values, pattern.shape);
    }
}
