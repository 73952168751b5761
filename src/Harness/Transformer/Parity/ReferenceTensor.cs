using System.Collections.Immutable;

namespace CircuitSpecs.Transformer.Parity;

/// <summary>A tensor that another program computed.</summary>
/// <param name="Shape">Its dimensions; none for a single number.</param>
/// <param name="Values">Its elements in row-major order; integers below 2⁵³ and floats are exact.</param>
public sealed record ReferenceTensor(ImmutableArray<long> Shape, ImmutableArray<double> Values);
