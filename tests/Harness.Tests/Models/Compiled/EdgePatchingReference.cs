using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>
/// Edge patching by its definition, with nothing but hooks: one run in which each destination of a corrupted edge reads the source's output in the corrupt run in
/// place of its output in this run. One batch of prompts, one run per set of edges; slow, and independent of everything that searches circuits.
/// </summary>
internal sealed class EdgePatchingReference : IDisposable
{
    private readonly HookedTransformer model;
    private readonly PromptBatch batch;
    private readonly Tensor clean;
    private readonly Dictionary<string, Tensor> corrupt;

    public EdgePatchingReference(HookedTransformer model, PromptSet prompts)
    {
        this.model = model;
        batch = prompts.Batches().Single();
        clean = batch.Tokens().DetachFromDisposeScope();
        using Tensor tokens = batch.CorruptTokens();
        (Tensor logits, corrupt) = Run(tokens, []);
        CorruptLogits = logits;
        CleanLogits = Logits([]);
        CleanDifference = Difference(CleanLogits);
    }

    /// <summary>[batch, d_vocab] at the answer position.</summary>
    public Tensor CleanLogits { get; }

    /// <summary>[batch, d_vocab] at the answer position.</summary>
    public Tensor CorruptLogits { get; }

    /// <summary>Mean logit difference, answer − foil.</summary>
    public double CleanDifference { get; }

    /// <summary>Every edge of a model of sequential blocks, as EAP-IG names them.</summary>
    public static IReadOnlyList<string> EdgesOf(ModelConfig config)
    {
        var edges = new List<string>();
        List<string> sources = ["input"];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string[] heads = [.. Enumerable.Range(0, config.Heads).Select(head => $"a{layer}.h{head}")];
            edges.AddRange(from source in sources
                           from head in heads
                           from role in "qkv"
                           select $"{source}->{head}<{role}>");
            sources.AddRange(heads);
            edges.AddRange(sources.Select(source => $"{source}->m{layer}"));
            sources.Add($"m{layer}");
        }

        edges.AddRange(sources.Select(source => $"{source}->logits"));
        return edges;
    }

    /// <summary>[batch, d_vocab] at the answer position, with these edges corrupted; the caller's to dispose.</summary>
    public Tensor Logits(IEnumerable<string> corrupted)
    {
        (Tensor logits, Dictionary<string, Tensor> outputs) = Run(clean, [.. corrupted]);
        Free(outputs);
        return logits;
    }

    /// <summary>The mean logit difference with these edges corrupted.</summary>
    public double DifferenceWith(params string[] corrupted)
    {
        using Tensor logits = Logits(corrupted);
        return Difference(logits);
    }

    /// <summary>The largest change of any logit with these edges corrupted.</summary>
    public double LargestChangeWith(IEnumerable<string> corrupted)
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor logits = Logits(corrupted);
        return (logits - CleanLogits).abs().max().item<float>();
    }

    /// <summary>The largest difference between a node's output in the clean and in the corrupt run.</summary>
    public double LargestDifferenceOf(string source)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor logits, Dictionary<string, Tensor> outputs) = Run(clean, []);
        logits.Dispose();
        double largest = (outputs[source] - corrupt[source]).abs().max().item<float>();
        Free(outputs);
        return largest;
    }

    public void Dispose()
    {
        Free(corrupt);
        clean.Dispose();
        CleanLogits.Dispose();
        CorruptLogits.Dispose();
    }

    private static void Free(Dictionary<string, Tensor> outputs)
    {
        foreach (Tensor output in outputs.Values)
        {
            output.Dispose();
        }
    }

    private double Difference(Tensor logits)
    {
        double sum = 0;
        float[] values = logits.cpu().contiguous().data<float>().ToArray();
        int vocabulary = (int)logits.shape[1];
        for (int row = 0; row < batch.Count; row++)
        {
            sum += values[(row * vocabulary) + batch.Prompts[row].Answer!.Value] - values[(row * vocabulary) + batch.Prompts[row].Foil!.Value];
        }

        return sum / batch.Count;
    }

    private (Tensor Logits, Dictionary<string, Tensor> Outputs) Run(Tensor tokens, HashSet<string> corrupted)
    {
        var outputs = new Dictionary<string, Tensor>();
        var hooks = new List<ForwardHook> { ForwardHook.Observing(Hook.Embed, embed => Keep("input", embed)) };
        for (int block = 0; block < model.Config.Layers; block++)
        {
            int layer = block;
            hooks.Add(Heads(Hook.QInput(layer), layer, 'q'));
            hooks.Add(Heads(Hook.KInput(layer), layer, 'k'));
            hooks.Add(Heads(Hook.VInput(layer), layer, 'v'));
            hooks.Add(ForwardHook.Observing(Hook.Result(layer), result =>
            {
                for (int head = 0; head < model.Config.Heads; head++)
                {
                    Keep($"a{layer}.h{head}", result.select(2, head));
                }
            }));
            hooks.Add(new ForwardHook(Hook.MlpIn(layer), (input, _) => Moved(input, $"m{layer}")));
            hooks.Add(ForwardHook.Observing(Hook.MlpOut(layer), output => Keep($"m{layer}", output)));
        }

        hooks.Add(new ForwardHook(Hook.ResidPost(model.Config.Layers - 1), (residual, _) => Moved(residual, "logits")));
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = model.RunWithHooks(tokens, [.. hooks]);
        return (logits.select(1, batch.AnswerPositions()[0]).clone().DetachFromDisposeScope(), outputs);

        void Keep(string source, Tensor output) => outputs[source] = output.clone().DetachFromDisposeScope();

        Tensor? Moved(Tensor input, string destination)
        {
            Tensor moved = input;
            foreach (string source in outputs.Keys.Where(source => corrupted.Contains($"{source}->{destination}")))
            {
                moved = moved + corrupt[source] - outputs[source];
            }

            return moved;
        }

        ForwardHook Heads(HookPoint point, int layer, char role) => new(point, (inputs, _) =>
        {
            Tensor[] perHead = [.. Enumerable.Range(0, model.Config.Heads).Select(head => Moved(inputs.select(2, head), $"a{layer}.h{head}<{role}>")!)];
            return stack(perHead, 2);
        });
    }
}
