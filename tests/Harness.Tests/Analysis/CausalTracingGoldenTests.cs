using System.Text.Json;
using CircuitSpecs.Analysis;
using CircuitSpecs.Interventions;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;
using CircuitSpecs.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace CircuitSpecs.Tests.Analysis;

[Category("Golden")]
public sealed class CausalTracingGoldenTests
{
    public static IEnumerable<TestCaseData> Goldens => AnalysisGolden.Cases("11_causal_tracing.json");

    [TestCaseSource(nameof(Goldens))]
    public void Restored_answer_probabilities(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer model = golden.Model();
        using DisposeScope scope = NewDisposeScope();
        GoldenTensor noise = GoldenFolder.Tensors(Path.Combine(Path.GetDirectoryName(path)!, golden["noise_file"].GetString()!))["noise"];
        var corruption = EmbeddingNoise.Given([golden["subject_position"].GetInt32()], tensor(noise.Floats, [.. noise.Shape]));
        JsonElement[] recorded = [.. golden["prompts"].EnumerateArray()];
        var prompts = new EvaluationSet("golden", 0, recorded.Select((prompt, i) => new Prompt
        {
            Tokens = [.. AnalysisGolden.Integers(prompt.GetProperty("tokens"))],
            Text = $"prompt {i}",
            Answer = prompt.GetProperty("answer").GetInt32(),
        }));
        Dictionary<string, CausalTrace> traces = recorded[0].GetProperty("restored_prob").EnumerateObject().ToDictionary(kind => kind.Name, kind => Trace(model, prompts, corruption, kind.Name));

        for (int i = 0; i < recorded.Length; i++)
        {
            recorded[i].EnumerateObject().Select(entry => entry.Name).Should().BeSubsetOf(["tokens", "answer", "clean_prob", "corrupted_prob", "total_effect", "restored_prob", "indirect_effect"]);
            foreach (CausalTrace trace in traces.Values)
            {
                trace.Clean.Numerators[i].Should().BeApproximately(GoldenFolder.Number(recorded[i].GetProperty("clean_prob")), AnalysisGolden.Probabilities);
                trace.Corrupted.Numerators[i].Should().BeApproximately(GoldenFolder.Number(recorded[i].GetProperty("corrupted_prob")), AnalysisGolden.Probabilities);
                trace.TotalEffect.Numerators[i].Should().BeApproximately(GoldenFolder.Number(recorded[i].GetProperty("total_effect")), AnalysisGolden.Probabilities);
            }

            foreach (JsonProperty kind in recorded[i].GetProperty("restored_prob").EnumerateObject())
            {
                Compare(kind, traces[kind.Name].Restored, i);
            }

            foreach (JsonProperty kind in recorded[i].GetProperty("indirect_effect").EnumerateObject())
            {
                Compare(kind, traces[kind.Name].IndirectEffect, i);
            }
        }

        void Compare(JsonProperty kind, Func<int, Position, PerPrompt> at, int prompt)
        {
            CausalTrace trace = traces[kind.Name];
            double[] expected = GoldenFolder.Numbers(kind.Value);
            expected.Should().HaveCount(trace.Layers * trace.Positions.Length, "that is the size of {0}", kind.Name);
            for (int cell = 0; cell < expected.Length; cell++)
            {
                (int layer, int position) = Math.DivRem(cell, trace.Positions.Length);
                at(layer, position).Numerators[prompt].Should().BeApproximately(expected[cell], AnalysisGolden.Probabilities, "that is layer {0}, position {1} of {2} of prompt {3}", layer, position, kind.Name, prompt);
            }
        }
    }

    [TestCaseSource(nameof(Goldens))]
    public void Spread_of_the_embeddings(string path)
    {
        AnalysisGolden golden = Open(path);
        using HookedTransformer bare = golden.Model();
        string name = golden["model"].GetString()!;

        // The rows of the table that pad the vocabulary are nobody's embedding: the tokenizer knows which those are.
        using HookedTransformer model = new(bare.Weights, ModelStore.Default.TryFind(name, out string? folder) ? TokenizerFolder.Load(folder) : null);

        EmbeddingNoise.StandardDeviation(model).Should().BeApproximately(GoldenFolder.Number(golden["embedding_std"]), 1e-9);
    }

    private static AnalysisGolden Open(string path) => AnalysisGolden.Open(path, "model", "definition", "source", "subject_position", "noise_file", "embedding_std", "prompts");

    private static CausalTrace Trace(HookedTransformer model, EvaluationSet prompts, EmbeddingNoise noise, string kind) => kind switch
    {
        "resid_post" => model.CausalTrace(prompts, noise, TracedActivation.Residual),
        "mlp_out" => model.CausalTrace(prompts, noise, TracedActivation.Mlp, window: 3),
        "attn_out" => model.CausalTrace(prompts, noise, TracedActivation.Attention, window: 3),
        "mlp_out_single" => model.CausalTrace(prompts, noise, TracedActivation.Mlp),
        "attn_out_single" => model.CausalTrace(prompts, noise, TracedActivation.Attention),
        _ => throw new NotSupportedException($"The golden restores '{kind}'."),
    };
}
