using CircuitSpecs.Prompts;

namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>A number from the logits at a prompt's answer position.</summary>
/// <param name="prompt">The prompt.</param>
/// <param name="logits">[d_vocab].</param>
public delegate double AnswerFunction(Prompt prompt, ReadOnlySpan<float> logits);
