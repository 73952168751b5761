using System.Collections.Immutable;

namespace CircuitSpecs.Tests;

/// <summary>A tensor of a golden file: its shape, and its values in row-major order in the type that they were stored in.</summary>
/// <param name="Shape">The dimensions; none for a single number.</param>
/// <param name="Values">A <c>float[]</c>, <c>double[]</c>, <c>long[]</c>, <c>int[]</c>, <c>short[]</c>, <c>sbyte[]</c>, <c>byte[]</c>, <c>bool[]</c> or <c>Half[]</c>; bfloat16 is widened to <c>float[]</c>.</param>
public sealed record GoldenTensor(ImmutableArray<long> Shape, Array Values)
{
    /// <summary>The values of a float32 (or widened bfloat16) tensor.</summary>
    public float[] Floats => As<float>();

    /// <summary>The values of a float64 tensor.</summary>
    public double[] Doubles => As<double>();

    /// <summary>The values of an int64 tensor.</summary>
    public long[] Longs => As<long>();

    private T[] As<T>() => Values as T[] ?? throw new InvalidCastException($"This golden tensor holds {Values.GetType().GetElementType()!.Name}, not {typeof(T).Name}.");
}
