using System.Collections.Immutable;
using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using CircuitSpecs.Transformer;

namespace CircuitSpecs.Discovery;

/// <summary>
/// The circuit hypothesis tests of Shi et al. (2024, arXiv 2410.13032) on a model: runs the circuit, its complement and random circuits, and hands their
/// scores to the tests of <c>CircuitSpecs.Statistics</c>, which say what each one shows. The circuit is taken as it is, unpruned.
/// </summary>
public static class CircuitHypotheses
{
    /// <summary>Whether the circuit alone scores higher than the model as often as lower, see <see cref="CircuitEquivalence"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that the circuit was not searched with; at least 76 for the paper's margin of .1.</param>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">How; null takes the paper's settings.</param>
    /// <exception cref="ArgumentException">The circuit is empty or of a model of another shape, or there are too few prompts.</exception>
    public static CircuitTestResult TestEquivalence(this HookedTransformer model, EvaluationSet prompts, Circuit circuit, CircuitTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        CircuitTestOptions how = options ?? new();
        PerPrompt[] scores = Scores(model, prompts, circuit, how, "equivalence", [circuit, Circuit.Full(circuit.Graph)]);
        return CircuitEquivalence.Test(scores[0], scores[1], how.Margin, how.Level, how.Tie);
    }

    /// <summary>Whether the model without the circuit still tells how the model scores, see <see cref="CircuitIndependence"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that the circuit was not searched with.</param>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">How; null takes the paper's settings.</param>
    /// <exception cref="ArgumentException">The circuit is empty or of a model of another shape, there are too few prompts, or the scores do not vary.</exception>
    public static CircuitTestResult TestIndependence(this HookedTransformer model, EvaluationSet prompts, Circuit circuit, CircuitTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        CircuitTestOptions how = options ?? new();
        PerPrompt[] scores = Scores(model, prompts, circuit, how, "independence", [circuit.Complement(), Circuit.Full(circuit.Graph)]);
        return CircuitIndependence.Test(scores[0], scores[1], how.Level, how.Seed);
    }

    /// <summary>Whether every edge matters more than one that is there by chance, see <see cref="CircuitMinimality"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that the circuit was not searched with.</param>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">How; null takes the paper's settings.</param>
    /// <exception cref="ArgumentException">The circuit is empty or of a model of another shape, or leaves no edge out.</exception>
    public static CircuitMinimalityResult TestMinimality(this HookedTransformer model, EvaluationSet prompts, Circuit circuit, CircuitTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        CircuitTestOptions how = options ?? new();
        if (circuit.Count == circuit.Graph.Edges.Length)
        {
            throw new ArgumentException("The circuit is the whole model: no random path can be added to it, so there is nothing to compare its edges with. Test a smaller circuit.", nameof(circuit));
        }

        SeededRandom random = SeededRandom.For(how.Seed, "circuit minimality");
        (Circuit Inflated, CircuitEdge Added)[] chance = [.. Enumerable.Range(0, how.Draws).Select(_ => Inflate(circuit, random))];
        PerPrompt[] scores = Scores(model, prompts, circuit, how, "minimality",
        [
            circuit,
            .. circuit.Edges.Select(edge => circuit.Without(edge)),
            .. chance.SelectMany(draw => (Circuit[])[draw.Inflated, draw.Inflated.Without(draw.Added)]),
        ]);
        int first = 1 + circuit.Count;
        return CircuitMinimality.Test(
            [.. circuit.Edges.Select((edge, i) => new EdgeRemoval(edge.Name, scores[0], scores[1 + i]))],
            [.. chance.Select((draw, i) => new EdgeRemoval(draw.Added.Name, scores[first + (2 * i)], scores[first + (2 * i) + 1]))],
            how.Quantile,
            how.Level,
            how.Distance);
    }

    /// <summary>Whether the circuit alone is nearer to the model than random circuits of its make, see <see cref="CircuitSufficiency"/> and <see cref="RandomCircuits.Like"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that the circuit was not searched with.</param>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">How; null takes the paper's settings.</param>
    /// <exception cref="ArgumentException">The circuit is empty or of a model of another shape.</exception>
    public static CircuitTestResult TestSufficiency(this HookedTransformer model, EvaluationSet prompts, Circuit circuit, CircuitTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        CircuitTestOptions how = options ?? new();
        PerPrompt[] scores = Scores(model, prompts, circuit, how, "sufficiency", [circuit, Circuit.Full(circuit.Graph), .. Random(circuit, how)]);
        return CircuitSufficiency.Test(scores[0], scores[1], scores[2..], how.Quantile, how.Level, how.Distance);
    }

    /// <summary>Whether knocking the circuit out changes more than knocking out random circuits of its make, see <see cref="CircuitPartialNecessity"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Prompts that the circuit was not searched with.</param>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">How; null takes the paper's settings.</param>
    /// <exception cref="ArgumentException">The circuit is empty or of a model of another shape.</exception>
    public static CircuitTestResult TestPartialNecessity(this HookedTransformer model, EvaluationSet prompts, Circuit circuit, CircuitTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        CircuitTestOptions how = options ?? new();
        PerPrompt[] scores = Scores(model, prompts, circuit, how, "partial necessity", [circuit.Complement(), Circuit.Full(circuit.Graph), .. Random(circuit, how).Select(other => other.Complement())]);
        return CircuitPartialNecessity.Test(scores[0], scores[1], scores[2..], how.Quantile, how.Level, how.Distance);
    }

    private static ImmutableArray<Circuit> Random(Circuit circuit, CircuitTestOptions how)
    {
        SeededRandom random = SeededRandom.For(how.Seed, "random circuits");
        return [.. Enumerable.Range(0, how.Draws).Select(_ => RandomCircuits.Like(circuit, random, how.DrawFromComplement))];
    }

    /// <summary>The circuit with a random path that it lacks a part of, and one of the edges that came with it.</summary>
    private static (Circuit Inflated, CircuitEdge Added) Inflate(Circuit circuit, SeededRandom random)
    {
        ImmutableArray<CircuitEdge> added;
        do
        {
            added = [.. RandomCircuits.Path(circuit.Graph, random).Where(edge => !circuit.Contains(edge))];
        }
        while (added.IsEmpty);

        return (circuit.Union(Circuit.Of(circuit.Graph, added)), random.Choose(added));
    }

    private static PerPrompt[] Scores(HookedTransformer model, PromptSet prompts, Circuit circuit, CircuitTestOptions how, string test, ImmutableArray<Circuit> circuits)
    {
        if (circuit.IsEmpty)
        {
            throw new ArgumentException("The circuit is empty: there is no hypothesis to test. Select at least one edge.", nameof(circuit));
        }

        EdgeRuns runs = CircuitEvaluation.Runs(model, prompts, circuit.Graph, how.Metric, how.Outside);
        var clock = new DiscoveryClock(test, circuits.Length, how.Progress);
        var scores = new List<PerPrompt>();
        foreach (Circuit[] some in circuits.Chunk(runs.RowsAtOnce))
        {
            scores.AddRange(runs.Measure([.. some.Select(other => other.Outside())], how.Cancellation).Select(values => new PerPrompt(values)));
            clock.Advance(some.Length);
        }

        return [.. scores];
    }
}
