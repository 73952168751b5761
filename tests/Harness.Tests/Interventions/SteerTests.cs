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
public sealed class SteerTests(string kind)
{
    private const int Width = 12;

    private readonly HookedTransformer model = SmallTransformer.Create(config: SmallTransformer.Shapes[kind]);
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Adding_moves_the_activation_along_the_direction_at_the_position_only()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().Last();
        Tensor direction = Vector(1, Width);

        Tensor moved = Run(batch, Hook.ResidPost(1), Steer.Add(Hook.ResidPost(1), direction, -2.5, at: "S")) - Run(batch, Hook.ResidPost(1));

        Largest(moved.select(1, 2) - (-2.5 * direction)).Should().BeLessThan(1e-5);
        Largest(moved.narrow(1, 0, 2)).Should().Be(0);
        Largest(moved.narrow(1, 3, batch.Length - 3)).Should().Be(0);
    }

    [Test]
    public void Adding_to_a_head_leaves_the_other_heads()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Tensor direction = Vector(2, 4);

        Tensor moved = Run(batch, Hook.V(1), Steer.Add(Hook.V(1), direction, 3, head: 1)) - Run(batch, Hook.V(1));

        Largest(moved.select(2, 1) - (3 * direction)).Should().BeLessThan(1e-5);
        Largest(moved.select(2, 0)).Should().Be(0);
    }

    [Test]
    public void Direction_outlives_the_scope_it_was_made_in()
    {
        Intervention steer;
        Intervention project;
        using (NewDisposeScope())
        {
            steer = Steer.Add(Hook.ResidPre(1), Vector(1, Width), 2);
            project = Steer.ProjectOut(Hook.ResidPre(1), Vector(1, Width));
        }

        double[] once = [.. model.LogitDifference(prompts, steer).Numerators];
        once.Should().Equal(model.LogitDifference(prompts, steer).Numerators).And.NotEqual(model.LogitDifference(prompts).Numerators);
        model.LogitDifference(prompts, project).Numerators.Should().NotEqual(once);
    }

    [Test]
    public void Projecting_out_takes_away_what_least_squares_finds_along_the_directions()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Tensor columns = stack([Vector(3, Width), Vector(4, Width)], 1);
        Tensor clean = Run(batch, Hook.ResidPost(1)).to_type(ScalarType.Float64);
        Tensor wide = columns.to_type(ScalarType.Float64);
        double[] gram = wide.transpose(0, 1).matmul(wide).data<double>().ToArray();
        double determinant = (gram[0] * gram[3]) - (gram[1] * gram[2]);
        Tensor inverse = tensor(new[] { gram[3], -gram[1], -gram[2], gram[0] }, [2, 2]) / determinant;
        Tensor expected = clean - clean.matmul(wide).matmul(inverse).matmul(wide.transpose(0, 1));

        Tensor projected = Run(batch, Hook.ResidPost(1), Steer.ProjectOut(Hook.ResidPost(1), columns));

        Largest(projected - expected).Should().BeLessThan(1e-5);
        Largest(projected.matmul(columns)).Should().BeLessThan(1e-5);
    }

    [Test]
    public void Projecting_a_direction_out_of_every_write_leaves_none_of_it_in_the_residual_stream()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Tensor direction = Vector(5, Width);
        Intervention project = Steer.ProjectOut(Steer.WritesOf(model), direction);

        for (int layer = 0; layer < 3; layer++)
        {
            Largest(Run(batch, Hook.ResidPost(layer), project).matmul(direction)).Should().BeLessThan(1e-5);
            Largest(Run(batch, Hook.ResidPost(layer)).matmul(direction)).Should().BeGreaterThan(0.1);
        }
    }

    [Test]
    public void Direction_of_another_size_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        new Action(() => model.LogitDifference(prompts, Steer.Add(Hook.ResidPre(1), Vector(1, 5), 2))).Should().Throw<ArgumentException>().WithMessage("*5 entries*hook_resid_pre*12*");
        new Action(() => model.LogitDifference(prompts, Steer.ProjectOut(Hook.ResidPre(1), Vector(1, 5)))).Should().Throw<ArgumentException>().WithMessage("*5 entries*hook_resid_pre*12*");
        new Action(() => Steer.Add(Hook.ResidPre(1), zeros(2, 2), 2)).Should().Throw<ArgumentException>().WithMessage("*is a vector*[2, 2]*");
        new Action(() => Steer.Add(Hook.ResidPre(1), Vector(1, Width), double.NaN)).Should().Throw<ArgumentException>().WithMessage("*finite*");
    }

    [Test]
    public void Basis_without_rank_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor one = Vector(1, Width);
        new Action(() => Steer.ProjectOut(Hook.ResidPre(1), stack([one, one * 2], 1))).Should().Throw<ArgumentException>().WithMessage("*Column 1*2 independent columns*");
        new Action(() => Steer.ProjectOut(Hook.ResidPre(1), zeros(Width))).Should().Throw<ArgumentException>().WithMessage("*Column 0*zero*");
        new Action(() => Steer.ProjectOut(Hook.ResidPre(1), full([Width], double.NaN))).Should().Throw<ArgumentException>().WithMessage("*not finite*");
        new Action(() => Steer.ProjectOut([], one)).Should().Throw<ArgumentException>().WithMessage("*at least one point*");
    }

    [Test]
    public void Description_tells_directions_apart()
    {
        using DisposeScope scope = NewDisposeScope();
        string First(int seed) => Steer.Add(Hook.ResidPre(1), Vector(seed, Width), 2, at: "END", name: "joy").Description;

        First(1).Should().MatchRegex(@"^steer by 2 × joy \([0-9a-f]{8}\) at blocks\.1\.hook_resid_pre at END$").And.Be(First(1)).And.NotBe(First(2));
        Steer.ProjectOut(Steer.WritesOf(model), stack([Vector(1, Width), Vector(2, Width)], 1)).Description.Should().MatchRegex(@"^project 2 directions \([0-9a-f]{8}\) out of \d points from hook_embed to blocks\.2\.hook_mlp_out$");
    }

    [Test]
    public void Adding_nothing_is_no_experiment()
    {
        using DisposeScope scope = NewDisposeScope();
        new Action(() => model.LogitDifference(prompts, Steer.Add(Hook.ResidPre(1), Vector(1, Width), 0))).Should().Throw<InvalidExperimentException>().WithMessage("*changed nothing*steer by 0 × a direction*");
    }

    private static Tensor Vector(int seed, int size)
    {
        var random = new Random(seed);
        return tensor(Enumerable.Range(0, size).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray());
    }

    private static double Largest(Tensor values) => values.abs().max().to_type(ScalarType.Float64).item<double>();

    private Tensor Run(PromptBatch batch, HookPoint point, params Intervention[] interventions)
    {
        using CachedRun run = model.RunWithCache(batch.Tokens(), [point], hooks: interventions.SelectMany(intervention => intervention.HooksFor(model, batch)));
        return run.Cache[point].clone();
    }
}
