using System.Collections.Immutable;
using CircuitSpecs.Interventions;
using CircuitSpecs.Interventions.Sweeps;
using CircuitSpecs.Models;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

/// <summary>Sweeps on a random model of every architecture: grouped keys and values, rotation, parallel blocks, norms after layers, soft caps, windows, ALiBi.</summary>
[Category("Golden")]
public sealed class SweepArchitectureTests
{
    public static IEnumerable<TestCaseData> Models => GoldenFolder.FolderCases("architectures", "*");

    [TestCaseSource(nameof(Models))]
    public void Heads_and_layers(string folder)
    {
        using ModelWeights weights = ModelLoader.Load(GoldenFolder.PathOrIgnore(folder));
        using var model = new HookedTransformer(weights);
        EvaluationSet pairs = Pairs(model.Config);
        SweepKinds.All(model, pairs).Select(sweep => sweep.ShouldEqualTheNaiveLoop(model, pairs)).Should().HaveCountGreaterThan(10);
    }

    private static EvaluationSet Pairs(ModelConfig config)
    {
        var random = new Random(3);
        return new EvaluationSet("random", 3, Enumerable.Range(0, 3).Select(i =>
        {
            int[] tokens = [.. Enumerable.Range(0, 9).Select(_ => random.Next(config.Vocabulary))];
            int[] corrupt = [.. tokens];
            corrupt[2 + i] = (tokens[2 + i] + 1) % config.Vocabulary;
            return new Prompt
            {
                Tokens = [.. tokens],
                Text = $"prompt {i}",
                Answer = random.Next(config.Vocabulary / 2),
                Foil = (config.Vocabulary / 2) + random.Next(config.Vocabulary / 2),
                Corrupt = [.. corrupt],
                Positions = ImmutableSortedDictionary<string, int>.Empty.Add("S", 2 + i).Add("END", 8),
            };
        }));
    }
}
