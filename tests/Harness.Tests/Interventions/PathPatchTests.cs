using CircuitSpecs.Analysis;
using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tests.Transformer;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Interventions;

[TestFixture("gpt2")]
[TestFixture("llama")]
[TestFixture("gpt_neox")]
public sealed class PathPatchTests(string kind)
{
    private readonly EvaluationSet prompts = SmallTransformer.Prompts();
    private readonly HookedTransformer model = SmallTransformer.Create(config: SmallTransformer.Shapes[kind]);

    private ModelConfig Config => model.Config;

    [OneTimeTearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Path_of_frozen_mlps_to_the_end_is_the_difference_that_the_head_writes()
    {
        foreach (Head head in Head.AllIn(Config))
        {
            double[] expected = ByPrompt(batch =>
            {
                Tensor written = Written(batch, head, corrupt: true) - Written(batch, head, corrupt: false);
                return model.Forward(Run(batch, false, Hook.ResidPost(Config.Layers - 1)) + written, new ForwardOptions { StartAtLayer = Config.Layers });
            });

            Close(model.LogitDifference(prompts, PathPatch.Noising(head, PathReceiver.FinalResidual, PathMlps.Frozen)), expected, head);
        }
    }

    [Test]
    public void Path_of_an_mlp_and_of_a_neuron_is_the_difference_that_they_write()
    {
        double[] ofMlp = ByPrompt(batch => End(batch, Run(batch, true, Hook.MlpOut(1)) - Run(batch, false, Hook.MlpOut(1))));
        double[] ofNeuron = ByPrompt(batch => End(batch, (Run(batch, true, Hook.Post(1)) - Run(batch, false, Hook.Post(1))).narrow(2, 7, 1) * model.Weights["blocks.1.mlp.W_out"].select(0, 7)));

        Close(model.LogitDifference(prompts, PathPatch.Noising(new Mlp(1), PathReceiver.FinalResidual, PathMlps.Frozen)), ofMlp, new Mlp(1));
        Close(model.LogitDifference(prompts, PathPatch.Noising(new Neuron(1, 7), PathReceiver.FinalResidual, PathMlps.Frozen)), ofNeuron, new Neuron(1, 7));
    }

    [Test]
    public void Paths_through_recomputed_mlps_follow_the_residual_stream_block_by_block([Values("q", "k", "v")] string role)
    {
        Head sender = "0.1";
        Head receiver = "2.2";
        double[] expected = ByPrompt(batch =>
        {
            // What every MLP between them reads changes by what was written before it, and so does what it writes.
            Tensor change = Written(batch, sender, corrupt: true) - Written(batch, sender, corrupt: false);
            Tensor ofMlps = zeros_like(change);
            for (int layer = 0; layer < receiver.Layer; layer++)
            {
                bool reads = layer > sender.Layer || !Config.ParallelBlock;
                Tensor before = Run(batch, false, Hook.MlpIn(layer));
                Tensor after = reads ? before + change + ofMlps : before;
                ofMlps = ofMlps + Mlp(layer, after) - Mlp(layer, before);
            }

            Tensor read = Run(batch, false, Hook.ResidPre(receiver.Layer)) + change + ofMlps;
            HookPoint point = new(receiver.Layer, $"hook_{role}_input");
            int head = role == "q" ? receiver.Index : Config.KeyValueHeadOf(receiver.Index);
            return model.RunWithHooks(batch.Tokens(), new ForwardHook(point, (input, _) =>
            {
                input.narrow(2, head, 1).copy_(read.unsqueeze(2));
                return input;
            }));
        });
        PathReceiver to = role switch { "q" => PathReceiver.Queries(receiver), "k" => PathReceiver.Keys(receiver), _ => PathReceiver.Values(receiver) };

        Close(model.LogitDifference(prompts, PathPatch.Noising(sender, to, PathMlps.Recomputed)), expected, sender);
    }

    [Test]
    public void Path_to_an_mlp_changes_what_it_reads_and_nothing_else()
    {
        double[] expected = ByPrompt(batch =>
        {
            Tensor read = Run(batch, false, Hook.MlpIn(2)) + Run(batch, true, Hook.Embed) - Run(batch, false, Hook.Embed);
            return model.RunWithHooks(batch.Tokens(), new ForwardHook(Hook.MlpIn(2), (_, _) => read));
        });

        Close(model.LogitDifference(prompts, PathPatch.Noising(new Embedding(), PathReceiver.Input(new Mlp(2)), PathMlps.Frozen)), expected, new Embedding());
    }

    [Test]
    public void Denoising_runs_the_corrupted_prompts()
    {
        var swapped = new EvaluationSet("swapped", 0, prompts.Prompts.Select(prompt => prompt with { Tokens = prompt.Corrupt!.Value, Corrupt = prompt.Tokens }));
        PathReceiver to = PathReceiver.Values("2.1");

        model.LogitDifference(prompts, PathPatch.Denoising((Head)"1.0", to, PathMlps.Recomputed)).Numerators
            .Should().Equal(model.LogitDifference(swapped, PathPatch.Noising((Head)"1.0", to, PathMlps.Recomputed)).Numerators);
    }

    [Test]
    public void All_paths_together_are_the_other_twin()
    {
        Component[] everything = [new Embedding(), .. Enumerable.Range(0, Config.Layers).Select(layer => new AttentionLayer(layer)), .. CircuitSpecs.Components.Mlp.AllIn(Config)];

        Close(
            model.LogitDifference(prompts, PathPatch.Noising(everything, [PathReceiver.FinalResidual], PathMlps.Frozen)),
            [.. model.LogitDifference(prompts, CorruptRun.Instance).Numerators],
            new Embedding());
    }

    [Test]
    public void Several_senders_and_receivers_act_together_and_once()
    {
        Head[] senders = ["0.0", "0.1", "0.2"];
        PathReceiver[] receivers = [PathReceiver.Queries("1.0"), PathReceiver.Queries("2.1")];

        double[] together = [.. model.LogitDifference(prompts, PathPatch.Noising(senders, receivers, PathMlps.Recomputed)).Numerators];

        model.LogitDifference(prompts, PathPatch.Noising([new HeadSet(senders), senders[1]], [.. receivers, receivers[0]], PathMlps.Recomputed)).Numerators.Should().Equal(together);
        model.LogitDifference(prompts, PathPatch.Noising(senders, receivers[..1], PathMlps.Recomputed)).Numerators.Should().NotEqual(together);
        model.LogitDifference(prompts, PathPatch.Noising(senders[1..], receivers, PathMlps.Recomputed)).Numerators.Should().NotEqual(together);
    }

    [Test]
    public void Position_of_the_sender_and_of_the_receiver_narrow_the_path()
    {
        PathPatch through = PathPatch.Noising(new Embedding(), PathReceiver.Keys("2.0"), PathMlps.Frozen);

        model.LogitDifference(prompts, PathPatch.Noising(new Embedding(), PathReceiver.Keys("2.0", at: "S"), PathMlps.Frozen, at: "S")).Numerators
            .Should().Equal(model.LogitDifference(prompts, through).Numerators, "the prompts differ at S only, and only the embedding at S reaches S");
        Action elsewhere = () => model.LogitDifference(prompts, PathPatch.Noising(new Embedding(), PathReceiver.Keys("2.0", at: "END"), PathMlps.Frozen));
        elsewhere.Should().Throw<InvalidExperimentException>().WithMessage("*changed nothing*embed → 2.0.k at END*");
    }

    [Test]
    public void Sender_that_comes_after_the_receiver_is_refused()
    {
        Refused((Head)"2.0", PathReceiver.Queries("1.1"), "*No path leads from*blocks.2*of head 0*");
        Refused((Head)"1.0", PathReceiver.Queries("1.1"), "*written after they read*");
        Refused(new Mlp(1), PathReceiver.Values("1.1"), "*written after they read*");
        Refused(new Mlp(1), PathReceiver.Input(new Mlp(1)), "*written after they read*");
        Action head = () => model.LogitDifference(prompts, PathPatch.Noising((Head)"1.0", PathReceiver.Input(new Mlp(1)), PathMlps.Frozen));
        if (Config.ParallelBlock)
        {
            head.Should().Throw<ArgumentException>().WithMessage("*written after they read*", "the MLP of a parallel block does not read its attention");
        }
        else
        {
            head.Should().NotThrow();
        }
    }

    [Test]
    public void Receiver_that_no_sender_reaches_is_refused()
    {
        Action measure = () => model.LogitDifference(prompts, PathPatch.Noising([(Head)"1.0"], [PathReceiver.Queries("2.0"), PathReceiver.Queries("0.0")], PathMlps.Frozen));

        measure.Should().Throw<ArgumentException>().WithMessage("*No path leads from 1.0 to 0.0.q*");
    }

    [Test]
    public void Components_that_do_not_exist_are_refused()
    {
        Refused((Head)"0.9", PathReceiver.FinalResidual, "*has no head 9*");
        Refused((Head)"0.0", PathReceiver.Keys("2.9"), "*no head 2.9*");
        Refused((Head)"0.0", PathReceiver.Input(new Mlp(3)), "*no mlp mlp3*");
        new Action(() => PathPatch.Noising([], [PathReceiver.FinalResidual], PathMlps.Frozen)).Should().Throw<ArgumentException>().WithMessage("*at least one sender*");
        new Action(() => PathPatch.Noising([(Head)"0.0"], [], PathMlps.Frozen)).Should().Throw<ArgumentException>().WithMessage("*at least one*receiver*");
    }

    [Test]
    public void Twins_of_unequal_length_are_refused()
    {
        var unequal = new EvaluationSet("unequal", 0, prompts.Prompts.Select(prompt => prompt with { Corrupt = prompt.Corrupt!.Value.RemoveAt(4) }));
        Action measure = () => model.LogitDifference(unequal, PathPatch.Noising((Head)"0.0", PathReceiver.FinalResidual, PathMlps.Frozen));

        measure.Should().Throw<InvalidOperationException>().WithMessage("*of equal length*");
    }

    [Test]
    public void Equal_twins_are_no_experiment()
    {
        var same = new EvaluationSet("same", 0, prompts.Prompts.Select(prompt => prompt with { Corrupt = prompt.Tokens }));
        Action measure = () => model.LogitDifference(same, PathPatch.Noising((Head)"0.0", PathReceiver.FinalResidual, PathMlps.Frozen));

        measure.Should().Throw<InvalidExperimentException>().WithMessage("*equals corrupt*");
    }

    [Test]
    public void Description_says_what_is_frozen() =>
        PathPatch.Denoising([(Head)"1.0", new Mlp(0)], [PathReceiver.Keys("2.1", at: "S"), PathReceiver.FinalResidual], PathMlps.Frozen, at: "END").Description
            .Should().Be("path-patch denoise (corrupted prompts with clean paths) 1.0 and mlp0 at END → 2.1.k at S, final residual; heads frozen, MLPs frozen");

    private void Refused(Component sender, PathReceiver receiver, string message) =>
        new Action(() => model.LogitDifference(prompts, PathPatch.Noising(sender, receiver, PathMlps.Frozen))).Should().Throw<ArgumentException>().WithMessage(message);

    private Tensor End(PromptBatch batch, Tensor written) =>
        model.Forward(Run(batch, false, Hook.ResidPost(Config.Layers - 1)) + written, new ForwardOptions { StartAtLayer = Config.Layers });

    private Tensor Mlp(int layer, Tensor read)
    {
        using CachedRun run = model.RunWithCache(read, [Hook.MlpOut(layer)], options: new ForwardOptions { StartAtLayer = layer, StopAtLayer = layer + 1 }, hooks: [new ForwardHook(Hook.MlpIn(layer), (_, _) => read)]);
        return run.Cache[Hook.MlpOut(layer)].clone();
    }

    private Tensor Written(PromptBatch batch, Head head, bool corrupt) =>
        Run(batch, corrupt, Hook.Z(head.Layer)).select(2, head.Index).matmul(model.Weights[$"blocks.{head.Layer}.attn.W_O"].select(0, head.Index));

    private Tensor Run(PromptBatch batch, bool corrupt, HookPoint point)
    {
        using CachedRun run = model.RunWithCache(corrupt ? batch.CorruptTokens() : batch.Tokens(), point);
        return run.Cache[point].clone();
    }

    /// <summary>The logit difference of every prompt, from the logits of every batch.</summary>
    private double[] ByPrompt(Func<PromptBatch, Tensor> logitsOf)
    {
        double[] differences = new double[prompts.Count];
        foreach (PromptBatch batch in prompts.Batches())
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor last = logitsOf(batch).select(1, -1).contiguous();
            float[] logits = last.data<float>().ToArray();
            for (int row = 0; row < batch.Count; row++)
            {
                int offset = row * Config.Vocabulary;
                differences[batch.Indices[row]] = logits[offset + batch.Prompts[row].Answer!.Value] - logits[offset + batch.Prompts[row].Foil!.Value];
            }
        }

        return differences;
    }

    private static void Close(PerPrompt actual, double[] expected, Component what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            actual.Numerators[i].Should().BeApproximately(expected[i], 1e-4, "that is prompt {0} with {1}", i, what);
        }
    }
}
