using CircuitSpecs.Analysis;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Prompts;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions;

/// <summary>Ablations, patches and knock-outs where heads share keys and values, and where attention and MLP read the same stream.</summary>
public sealed class SharedKeysAndParallelBlocksTests
{
    private readonly HookedTransformer grouped = SmallTransformer.Create(config: SmallTransformer.Grouped);
    private readonly HookedTransformer parallel = SmallTransformer.Create(config: SmallTransformer.Parallel);
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();

    [OneTimeTearDown]
    public void TearDown()
    {
        grouped.Dispose();
        parallel.Dispose();
    }

    [Test]
    public void Key_and_value_patches_count_shared_heads_and_reach_every_head_that_reads_them()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        Tensor clean = Run(grouped, batch, Hook.Z(1));

        foreach (HookPoint shared in new[] { Hook.K(1), Hook.V(1) })
        {
            Tensor patched = Run(grouped, batch, Hook.Z(1), ActivationPatch.Noising(shared, head: 1));

            Changes(patched, clean).Should().Equal([false, false, true, true], "query heads 2 and 3 read key/value head 1 of {0}", shared);
            new Action(() => grouped.LogitDifference(prompts, ActivationPatch.Noising(shared, head: 2))).Should().Throw<ArgumentException>().WithMessage("*no head 2*heads are 0 to 1*");
        }

        Changes(Run(grouped, batch, Hook.Z(1), ActivationPatch.Noising(Hook.Q(1), head: 2)), clean).Should().Equal([false, false, true, false]);
    }

    [Test]
    public void Patched_head_writes_what_it_writes_on_the_other_prompts()
    {
        foreach (HookedTransformer model in new[] { grouped, parallel })
        {
            using DisposeScope scope = NewDisposeScope();
            PromptBatch batch = prompts.Batches().First();
            Head head = "2.1";
            Tensor change = Run(model, batch, Hook.Z(2), CorruptRun.Instance).select(2, 1) - Run(model, batch, Hook.Z(2)).select(2, 1);
            Tensor written = change.matmul(model.Weights["blocks.2.attn.W_O"].select(0, 1));

            Tensor patched = Run(model, batch, Hook.AttnOut(2), ActivationPatch.Noising(head));
            Tensor result = Run(model, batch, Hook.AttnOut(2), ActivationPatch.Noising(Hook.Result(2), head: 1));

            Largest(patched - (Run(model, batch, Hook.AttnOut(2)) + written)).Should().BeLessThan(1e-5);
            Largest(result - patched).Should().BeLessThan(1e-5, "what a head writes is its z through W_O");
        }
    }

    [Test]
    public void Ablated_attention_of_a_parallel_block_leaves_its_mlp()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();

        Largest(Run(parallel, batch, Hook.MlpOut(1), Ablate.Zero(new AttentionLayer(1))) - Run(parallel, batch, Hook.MlpOut(1))).Should().Be(0);
        Largest(Run(parallel, batch, Hook.MlpOut(2), Ablate.Zero(new AttentionLayer(1))) - Run(parallel, batch, Hook.MlpOut(2))).Should().BeGreaterThan(0);
        Largest(Run(grouped, batch, Hook.MlpOut(1), Ablate.Zero(new AttentionLayer(1))) - Run(grouped, batch, Hook.MlpOut(1))).Should().BeGreaterThan(0);
    }

    [Test]
    public void Knocked_out_edge_is_cut_for_the_query_head_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        int end = batch.Length - 1;

        Tensor pattern = Run(grouped, batch, Hook.Pattern(1), AttentionKnockout.Of((Head)"1.3", "END", "S"));
        Tensor clean = Run(grouped, batch, Hook.Pattern(1));

        Largest(pattern.select(1, 3).select(1, end).select(1, 2)).Should().Be(0);
        Largest((pattern - clean).select(1, 2)).Should().Be(0, "head 2 reads the same keys and is left alone");
        Largest(pattern.select(1, 3).select(1, end).sum(-1) - 1).Should().BeLessThan(1e-6);
    }

    [Test]
    public void Patch_of_one_edge_of_a_pattern_leaves_the_others()
    {
        using DisposeScope scope = NewDisposeScope();
        PromptBatch batch = prompts.Batches().First();
        int end = batch.Length - 1;
        Tensor clean = Run(grouped, batch, Hook.Pattern(1));
        Tensor corrupt = Run(grouped, batch, Hook.Pattern(1), CorruptRun.Instance);

        Tensor patched = Run(grouped, batch, Hook.Pattern(1), ActivationPatch.Noising(Hook.Pattern(1), head: 2, at: "END", key: "S"));

        for (int head = 0; head < 4; head++)
        {
            for (int query = 0; query <= end; query++)
            {
                for (int key = 0; key <= end; key++)
                {
                    Tensor expected = (head, query, key) == (2, end, 2) ? corrupt : clean;
                    Largest((patched - expected).select(1, head).select(1, query).select(1, key)).Should().Be(0, "that is {0} → {1} of head {2}", query, key, head);
                }
            }
        }

        new Action(() => grouped.LogitDifference(prompts, ActivationPatch.Noising(Hook.Z(1), key: "S"))).Should().Throw<ArgumentException>().WithMessage("*no axis of keys*");
        ActivationPatch.Noising(Hook.Pattern(1), head: 2, at: "END", key: "S").Description.Should().EndWith("blocks.1.attn.hook_pattern of head 2 at END, key S");
    }

    [Test]
    public void Heads_of_several_layers_are_patched_together()
    {
        double[] together = [.. grouped.LogitDifference(prompts, ActivationPatch.Noising(HeadSet.Parse("0.1 2.0"))).Numerators];

        together.Should().Equal(grouped.LogitDifference(prompts, ActivationPatch.Noising((Head)"0.1"), ActivationPatch.Noising((Head)"2.0")).Numerators);
        together.Should().NotEqual(grouped.LogitDifference(prompts, ActivationPatch.Noising((Head)"0.1")).Numerators);
    }

    /// <summary>Which heads of [batch, pos, head, d_head] differ.</summary>
    private static IEnumerable<bool> Changes(Tensor one, Tensor other) => Enumerable.Range(0, (int)one.shape[2]).Select(head => Largest((one - other).select(2, head)) > 0);

    private static double Largest(Tensor values) => values.abs().max().item<float>();

    private static Tensor Run(HookedTransformer model, PromptBatch batch, HookPoint point, params Intervention[] interventions)
    {
        Tensor tokens = interventions is [{ Side: PromptSide.Corrupt }] ? batch.CorruptTokens() : batch.Tokens();
        using CachedRun run = model.RunWithCache(tokens, [point], hooks: interventions.SelectMany(intervention => intervention.HooksFor(model, batch)));
        return run.Cache[point].clone();
    }
}
