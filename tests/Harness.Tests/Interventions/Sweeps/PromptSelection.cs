using CircuitSpecs.Prompts;

namespace CircuitSpecs.Tests.Interventions.Sweeps;

internal static class PromptSelection
{
    /// <summary>The prompts of one length.</summary>
    public static EvaluationSet OfLength(this EvaluationSet prompts, int length) =>
        new(prompts.Family, prompts.Seed, prompts.Prompts.Where(prompt => prompt.Tokens.Length == length));
}
