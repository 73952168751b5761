using System.Collections.Concurrent;
using System.Collections.Immutable;
using CircuitSpecs.Analysis;
using CircuitSpecs.Discovery;
using CircuitSpecs.Models;
using CircuitSpecs.Models.Compiled;
using CircuitSpecs.Prompts;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Tests.Models.Compiled;

/// <summary>Every method of discovery on a compiled model, once a process.</summary>
internal sealed class GroundTruthRun
{
    public const int Prompts = 16;
    public const double Threshold = 0.01;
    public const double Floor = 1e-6;
    public const double AcdcThreshold = 0.01;

    public const string Exact = "exact edge patching";
    public const string Acdc = "ACDC";
    public const string Attribution = "EAP";

    private static readonly ConcurrentDictionary<string, Lazy<GroundTruthRun>> Runs = new();

    private GroundTruthRun(CompiledModel compiled)
    {
        Compiled = compiled;
        using ModelWeights weights = compiled.CreateWeights();
        using var model = new HookedTransformer(weights, compiled.Tokenizer);
        Config = model.Config;
        Edges = CircuitGraph.Of(model.Config).Edges.Length;
        DiscoverySet prompts = compiled.Discovery(Prompts);
        Difference = model.LogitDifference(prompts).Value;
        Scores = ImmutableDictionary.CreateRange(new Dictionary<string, EdgeScores>
        {
            [Exact] = model.ExactEdgeEffects(prompts),
            [Attribution] = model.EdgeAttribution(prompts),
            [Integrated(5)] = model.EdgeAttributionWithIntegratedGradients(prompts, steps: 5),
            [Integrated(15)] = model.EdgeAttributionWithIntegratedGradients(prompts, steps: 15),
        });
        AcdcResult = model.DiscoverCircuit(prompts, AcdcThreshold);
        Recoveries =
        [
            Of(Exact),
            EdgeRecovery.Of(Acdc, compiled.Circuit, AcdcResult.Kept),
            Of(Attribution),
            Of(Integrated(5)),
            Of(Integrated(15)),
        ];

        EdgeRecovery Of(string method) => EdgeRecovery.Of(method, compiled.Circuit, Scores[method], Threshold * Difference, Floor * Difference);
    }

    public CompiledModel Compiled { get; }

    public ModelConfig Config { get; }

    /// <summary>How many edges the model has.</summary>
    public int Edges { get; }

    /// <summary>The mean logit difference of the prompts.</summary>
    public double Difference { get; }

    public IReadOnlyDictionary<string, EdgeScores> Scores { get; }

    public AcdcResult AcdcResult { get; }

    public ImmutableArray<EdgeRecovery> Recoveries { get; }

    public EdgeRecovery this[string method] => Recoveries.Single(recovery => recovery.Method == method);

    public static GroundTruthRun Of(CompiledModel compiled) => Runs.GetOrAdd(compiled.Name, _ => new Lazy<GroundTruthRun>(() => new GroundTruthRun(compiled))).Value;

    public static string Integrated(int steps) => $"EAP-IG, {steps} steps";
}
