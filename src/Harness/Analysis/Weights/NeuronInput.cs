namespace CircuitSpecs.Analysis;

/// <summary>Which of a neuron's input vectors.</summary>
public enum NeuronInput
{
    /// <summary>Its column of W_in: the only one of a plain MLP, and of a gated one what the activated gate is multiplied with ("up").</summary>
    In,

    /// <summary>Its column of W_gate, in gated MLPs.</summary>
    Gate,
}
