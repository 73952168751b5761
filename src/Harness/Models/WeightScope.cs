namespace CircuitSpecs.Models;

/// <summary>Which of a model's parameters are loaded.</summary>
public enum WeightScope
{
    /// <summary>All of them; a checkpoint that lacks one is refused.</summary>
    All,

    /// <summary>
    /// The attention matrices and biases, the LayerNorms and W_pos: enough for claims about the weights of heads, and all that some
    /// checkpoints hold. The model cannot run.
    /// </summary>
    Attention,
}
