using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace CircuitSpecs.Models.Checkpoints.Gguf;

/// <summary>
/// Llama 3's rotary scaling in a GGUF file: not its four numbers, but what they come to, the divisor of every pair's frequency, in a tensor. The numbers are found
/// again, and have to give the stored divisors.
/// </summary>
internal static class Llama3Factors
{
    // What every published Llama 3 has; with other values the stored divisors do not come out, and the file is refused.
    private const double Low = 1;
    private const double High = 4;
    private const double Precision = 1e-5;

    /// <summary>The <c>rope_scaling</c> that gives the stored divisors.</summary>
    /// <param name="file">The file.</param>
    /// <param name="tensor">The tensor of divisors, [d_head / 2].</param>
    /// <param name="headWidth">Dimensions of a head, all rotated.</param>
    /// <param name="rotaryBase">The base of the frequencies.</param>
    /// <exception cref="ModelLoadException">There is none.</exception>
    public static JsonObject? Scaling(GgufFile file, StoredTensor tensor, int headWidth, double rotaryBase)
    {
        if (tensor.Type != ElementType.Float32 || tensor.Shape is not [long pairs] || pairs != headWidth / 2)
        {
            throw Error(tensor, $"expected F32 of shape [{headWidth / 2}], found {tensor.Type} of shape {tensor.ShapeText}");
        }

        float[] divisors = new float[pairs];
        file.CopyBytes(tensor, 0, MemoryMarshal.AsBytes(divisors.AsSpan()));
        double[] frequencies = new RotaryEmbedding { Dimensions = headWidth, Base = rotaryBase }.Frequencies();
        double factor = divisors.Max();
        if (divisors.All(divisor => divisor == 1))
        {
            return null;
        }

        int between = Array.FindIndex(divisors, divisor => divisor > 1 + Precision && divisor < factor * (1 - Precision));
        double share = between < 0 ? double.NaN : ((1 / divisors[between]) - (1 / factor)) / (1 - (1 / factor));
        double context = between < 0 ? double.NaN : Math.Round(2 * Math.PI / frequencies[between] * (Low + (share * (High - Low))));
        var scaling = new Llama3RopeScaling(factor, Low, High, context);
        for (int pair = 0; pair < divisors.Length; pair++)
        {
            double expected = frequencies[pair] / scaling.Apply(frequencies[pair]);
            if (!(Math.Abs(divisors[pair] - expected) <= Precision * expected))
            {
                throw Error(tensor, string.Create(
                    CultureInfo.InvariantCulture,
                    $"the divisor of pair {pair} is {divisors[pair]}: no Llama 3 scaling with low_freq_factor {Low} and high_freq_factor {High} gives these numbers, and nothing else is supported"));
            }
        }

        return new JsonObject
        {
            ["rope_type"] = "llama3",
            ["factor"] = factor,
            ["low_freq_factor"] = Low,
            ["high_freq_factor"] = High,
            ["original_max_position_embeddings"] = context,
        };
    }

    private static ModelLoadException Error(StoredTensor tensor, string complaint) => new(tensor.File, $"tensor {Quoted.Of(tensor.Name)}: {complaint}.");
}
