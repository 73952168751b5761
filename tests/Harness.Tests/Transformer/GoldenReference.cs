using System.Collections.Immutable;
using CircuitSpecs.Transformer.Parity;

namespace CircuitSpecs.Tests.Transformer;

/// <summary>Goldens as the comparison takes them, without passing through the reader that is under test.</summary>
internal static class GoldenReference
{
    public static ReferenceTensor AsReference(this GoldenTensor golden) => new(golden.Shape, golden.Values switch
    {
        float[] values => [.. values.Select(value => (double)value)],
        double[] values => [.. values],
        long[] values => [.. values.Select(value => (double)value)],
        _ => throw new NotSupportedException($"{golden.Values.GetType().GetElementType()} is not compared."),
    });
}
