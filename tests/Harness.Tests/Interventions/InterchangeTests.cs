using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions;

[TestFixture("gpt2")]
[TestFixture("llama")]
[TestFixture("gpt_neox")]
public sealed class InterchangeTests(string kind)
{
    private const int Width = 12;

    private readonly HookedTransformer model = SmallTransformer.Create(config: SmallTransformer.Shapes[kind]);
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    // Of the seven prompts those with an even number have 5 tokens, the others 6.
    private readonly ImmutableArray<int> sources = [2, 3, 4, 5, 6, 1, 0];

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Whole_activation_of_the_twin_is_activation_patching()
    {
        model.LogitDifference(prompts, Interchange.FromTwins(Hook.ResidPre(1), "S")).Numerators.Should().Equal(model.LogitDifference(prompts, ActivationPatch.Noising(Hook.ResidPre(1), at: "S")).Numerators);
        model.LogitDifference(prompts, Interchange.FromTwins(Hook.Z(1), head: 1)).Numerators.Should().Equal(model.LogitDifference(prompts, ActivationPatch.Noising(Hook.Z(1), 1)).Numerators);
    }

    [Test]
    public void Basis_of_the_whole_space_is_the_whole_activation()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] whole = [.. model.LogitDifference(prompts, Interchange.FromTwins(Hook.ResidPost(1))).Numerators];

        double[] through = [.. model.LogitDifference(prompts, Interchange.FromTwins(Hook.ResidPost(1), basis: Random(1, Width))).Numerators];

        through.Zip(whole).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-4);
    }

    [Test]
    public void Subspace_is_the_sources_and_the_rest_is_the_bases()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Tensor basis = Random(1, 3);
        Tensor complement = Complement(basis);
        Tensor own = Run(batch.Tokens());
        Tensor other = Run(batch.CorruptTokens());

        Tensor changed = Run(batch.Tokens(), Interchange.FromTwins(Hook.ResidPost(1), basis: basis), batch);

        Largest((changed - other).matmul(basis)).Should().BeLessThan(1e-5);
        Largest((changed - own).matmul(complement)).Should().BeLessThan(1e-5);
        Largest((changed - own).matmul(basis)).Should().BeGreaterThan(0.01);
    }

    [Test]
    public void Columns_that_span_the_same_space_are_the_same_basis()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor basis = Random(1, 2);
        Tensor mixed = basis.matmul(tensor(new[] { 3f, -1f, 0.5f, 2f }, [2, 2]));

        double[] first = [.. model.LogitDifference(prompts, Interchange.FromTwins(Hook.ResidPost(1), basis: basis)).Numerators];
        double[] second = [.. model.LogitDifference(prompts, Interchange.FromTwins(Hook.ResidPost(1), basis: mixed)).Numerators];

        first.Zip(second).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-4);
    }

    [Test]
    public void Other_prompts_lend_the_activation_at_the_position_of_that_name_there()
    {
        using DisposeScope scope = NewDisposeScope();
        var shifted = new EvaluationSet("shifted", 0, prompts.Prompts.Select((prompt, i) => prompt with { Positions = prompt.Positions.SetItem("S", 1 + (i % 3)) }));
        PromptBatch batch = shifted.Batches().First();
        Tensor own = Run(batch.Tokens());

        Tensor changed = Run(batch.Tokens(), Interchange.FromOthers(sources, Hook.ResidPost(1), "S"), batch);

        for (int row = 0; row < batch.Count; row++)
        {
            int index = batch.Indices[row];
            int source = sources[index];
            for (int position = 0; position < batch.Length; position++)
            {
                Tensor expected = position == 1 + (index % 3) ? own.select(0, batch.Indices.IndexOf(source)).select(0, 1 + (source % 3)) : own.select(0, row).select(0, position);
                Largest(changed.select(0, row).select(0, position) - expected).Should().BeLessThan(1e-5, "that is position {0} of prompt {1}", position, index);
            }
        }
    }

    [Test]
    public void Accuracy_is_the_share_of_prompts_that_answer_as_their_source()
    {
        // The residual stream after the last block decides the answer at its position: with the source's, the source's answer comes out.
        int[] top = Answers();
        var answered = new EvaluationSet("answered", 0, prompts.Prompts.Select((prompt, i) => prompt with { Answer = top[i], Foil = 16 }));
        top.Distinct().Count().Should().BeGreaterThan(1);

        model.InterchangeAccuracy(answered, Interchange.FromOthers(sources, Hook.ResidPost(2))).Numerators.Should().OnlyContain(value => value == 1);
        model.InterchangeAccuracy(answered, Interchange.FromOthers(sources, Hook.ResidPost(2), at: 1)).Numerators
            .Should().Equal(top.Select((own, i) => own == top[sources[i]] ? 1.0 : 0.0), "position 1 is not where the answer is read");
    }

    [Test]
    public void Accuracy_among_candidates_looks_at_them_alone()
    {
        int[] top = Answers();
        var answered = new EvaluationSet("answered", 0, prompts.Prompts.Select((prompt, i) => prompt with { Answer = 3 + (i % 2), Foil = 5 }));
        Interchange from = Interchange.FromTwins(Hook.ResidPost(2), "END");

        model.InterchangeAccuracy(answered, from, [5]).Numerators.Should().OnlyContain(value => value == 1, "the only candidate is the likeliest one");
        model.InterchangeAccuracy(answered, from).Value.Should().BeLessThan(1);
        top.Should().NotBeEmpty();
    }

    [Test]
    public void Sources_that_do_not_fit_are_refused()
    {
        Measure(Interchange.FromOthers([1, 0, 3, 2, 5, 4, 6], Hook.ResidPost(1))).Should().Throw<ArgumentException>().WithMessage("*5 tokens and its source*6*equal lengths*");
        Measure(Interchange.FromOthers([1, 0], Hook.ResidPost(1))).Should().Throw<ArgumentException>().WithMessage("*2 entries*7 prompts*");
        Measure(Interchange.FromOthers([0, 1, 2, 3, 4, 5, 6], Hook.ResidPost(1))).Should().Throw<InvalidExperimentException>().WithMessage("*has the answer of its base*");
        Measure(Interchange.FromOthers(sources, Hook.Pattern(1))).Should().Throw<NotSupportedException>().WithMessage("*hook_pattern*");
        Measure(Interchange.FromTwins(Hook.ResidPre(0), "END")).Should().Throw<InvalidExperimentException>().WithMessage("*changed nothing*");
        using DisposeScope scope = NewDisposeScope();
        Measure(Interchange.FromTwins(Hook.Z(1), basis: Random(1, 3))).Should().Throw<ArgumentException>().WithMessage("*12 entries a column*hook_z*4*");
    }

    [Test]
    public void Candidates_without_the_answer_are_refused()
    {
        new Action(() => model.InterchangeAccuracy(prompts, Interchange.FromTwins(Hook.ResidPost(1)), [1])).Should().Throw<ArgumentException>().WithMessage("*candidates lack*");
        new Action(() => model.InterchangeAccuracy(prompts, Interchange.FromTwins(Hook.ResidPost(1)), [17])).Should().Throw<ArgumentException>().WithMessage("*17 is not in the vocabulary*");
        var unanswered = new EvaluationSet("unanswered", 0, prompts.Prompts.Select(prompt => prompt with { Answer = null, Foil = null }));
        new Action(() => model.InterchangeAccuracy(unanswered, Interchange.FromTwins(Hook.ResidPost(1)))).Should().Throw<InvalidOperationException>().WithMessage("*no foil*");
        new Action(() => model.InterchangeAccuracy(unanswered, Interchange.FromOthers(sources, Hook.ResidPost(1)))).Should().Throw<InvalidOperationException>().WithMessage("*no answer*");
    }

    private Action Measure(Interchange interchange) => () => model.InterchangeAccuracy(prompts, interchange);

    private int[] Answers()
    {
        int[] top = new int[prompts.Count];
        foreach (PromptBatch batch in prompts.Batches())
        {
            using DisposeScope scope = NewDisposeScope();
            long[] ids = model.Forward(batch.Tokens()).select(1, -1).argmax(-1).data<long>().ToArray();
            for (int row = 0; row < batch.Count; row++)
            {
                top[batch.Indices[row]] = (int)ids[row];
            }
        }

        return top;
    }

    private static Tensor Random(int seed, int columns)
    {
        var random = new Random(seed);
        return tensor(Enumerable.Range(0, Width * columns).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(), [Width, columns]);
    }

    /// <summary>Vectors orthogonal to a basis: random ones, less what least squares finds of the basis in them (by conjugate directions, one column after another).</summary>
    private static Tensor Complement(Tensor basis)
    {
        Tensor left = Random(9, 4).to_type(ScalarType.Float64);
        var done = new List<Tensor>();
        for (int column = 0; column < basis.shape[1]; column++)
        {
            Tensor direction = basis.select(1, column).to_type(ScalarType.Float64);
            foreach (Tensor earlier in done)
            {
                direction = direction - (earlier * (direction.dot(earlier) / earlier.dot(earlier)));
            }

            done.Add(direction);
            left = left - direction.unsqueeze(1).matmul(direction.unsqueeze(0).matmul(left)) / direction.dot(direction);
        }

        return left.to_type(ScalarType.Float32);
    }

    private static double Largest(Tensor values) => values.abs().max().item<float>();

    private Tensor Run(Tensor tokens, Intervention? intervention = null, PromptBatch? batch = null)
    {
        using CachedRun run = model.RunWithCache(tokens, [Hook.ResidPost(1)], hooks: intervention?.HooksFor(model, batch!));
        return run.Cache[Hook.ResidPost(1)].clone();
    }
}
