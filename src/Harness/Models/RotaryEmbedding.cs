namespace CircuitSpecs.Models;

/// <summary>The rotation of queries and keys by position: pair i of the first <see cref="Dimensions"/> dimensions turns by position · frequency(i).</summary>
public sealed record RotaryEmbedding
{
    /// <summary>How many of a head's dimensions are rotated, the first ones; <c>rotary_dim</c>. Even.</summary>
    public required int Dimensions { get; init; }

    /// <summary>The base θ of the frequencies θ^(−2i / dimensions); <c>rotary_base</c>.</summary>
    public required double Base { get; init; }

    /// <summary>Whether dimensions 2i and 2i + 1 are a pair (GPT-J, CodeGen); otherwise i and i + dimensions / 2 (NeoX, Llama).</summary>
    public bool AdjacentPairs { get; init; }

    /// <summary>Llama-3's stretching of slow frequencies; null without.</summary>
    public Llama3RopeScaling? Scaling { get; init; }

    /// <summary>Positions are divided by this (linear scaling); 1 leaves them.</summary>
    public double LinearFactor { get; init; } = 1;

    /// <summary>The angle a position, in radians, of every pair.</summary>
    /// <returns>dimensions / 2 numbers.</returns>
    public double[] Frequencies()
    {
        double[] frequencies = new double[Dimensions / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            double frequency = Math.Pow(Base, -2.0 * i / Dimensions) / LinearFactor;
            frequencies[i] = Scaling?.Apply(frequency) ?? frequency;
        }

        return frequencies;
    }
}
