namespace CircuitSpecs.Models.Compiled;

/// <summary>One prompt of a compiled model's family, in words; BOS is put in front of both.</summary>
/// <param name="Clean">The prompt.</param>
/// <param name="Corrupt">Its twin, of the same length, whose answer is another one.</param>
/// <param name="Answer">What the model says after the clean prompt.</param>
/// <param name="Foil">What the answer is compared with.</param>
/// <param name="Positions">Positions by name, counted with BOS as 0.</param>
internal sealed record CompiledQuestion(string[] Clean, string[] Corrupt, string Answer, string Foil, params (string Name, int Position)[] Positions);
