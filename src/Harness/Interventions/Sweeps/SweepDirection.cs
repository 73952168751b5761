namespace CircuitSpecs.Interventions.Sweeps;

/// <summary>Which twin of each prompt is run and which lends its activations.</summary>
public enum SweepDirection
{
    /// <summary>Corrupted prompts with clean activations in place: what suffices to bring the answer back.</summary>
    Denoising,

    /// <summary>Clean prompts with corrupted activations in place: what the answer needs.</summary>
    Noising,
}
