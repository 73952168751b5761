using CircuitSpecs.Claims;
using CircuitSpecs.Components;
using CircuitSpecs.Models;

namespace CircuitSpecs.Tests.Claims;

/// <summary>Claims and records for the runner, about one small model.</summary>
internal static class Runs
{
    public const string Id = "0.1/is-large";

    public static ClaimDefinition Defined(Func<ModelUnderTest, Component?, Claim> build, string id = Id, WeightProcessing processing = WeightProcessing.None, bool weightsOnly = false) => new()
    {
        Id = id,
        Problem = "0.1",
        Title = "Runner",
        Sentence = "is large",
        Processing = processing,
        WeightsOnly = weightsOnly,
        Build = build,
    };

    public static ClaimRecord Recorded(Component? component = null, Expectation expectation = Expectation.Holds, params Component[] alsoHoldsFor) => new()
    {
        Model = "small",
        Expectation = expectation,
        Component = component,
        AlsoHoldsFor = [.. alsoHoldsFor],
        Because = "it was made so",
        Rerun = "dotnet test",
    };

    /// <summary>Whether this is not the model itself but one of its null models.</summary>
    public static bool IsNull(this ModelUnderTest model) => model.Weights.Name != "small";

    /// <summary>Runs a claim on a model source of its own.</summary>
    public static ClaimResult Run(ClaimDefinition definition, ClaimRecord record, JudgementOptions? options = null)
    {
        using var source = new SmallModelSource();
        using var runner = new ClaimRunner(source, options ?? new JudgementOptions { Strict = false });
        return runner.Run(definition, record).Result;
    }
}
