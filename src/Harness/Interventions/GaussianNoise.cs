using CircuitSpecs.Prompts;
using CircuitSpecs.Statistics;
using static TorchSharp.torch;

namespace CircuitSpecs.Interventions;

/// <summary>Standard normal numbers that a seed fixes for good, whatever the engine.</summary>
internal static class GaussianNoise
{
    /// <summary>Noise for a batch in which a prompt's numbers depend on its place in the set, not on how the set is cut into batches.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="purpose">What the noise is for; other purposes get other numbers.</param>
    /// <param name="batch">The prompts.</param>
    /// <param name="shape">[batch, ...].</param>
    public static Tensor PerPrompt(int seed, string purpose, PromptBatch batch, long[] shape)
    {
        int width = checked((int)shape[1..].Aggregate(1L, (product, size) => product * size));
        return tensor([.. batch.Indices.SelectMany(index => Draw(SeededRandom.For(seed, $"noise/{purpose}/{index}"), width))], shape);
    }

    /// <summary>Independent standard normal numbers (Box and Muller 1958).</summary>
    public static float[] Draw(SeededRandom random, int count)
    {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            double angle = 2 * Math.PI * random.NextDouble();
            numbers[i] = (float)(radius * Math.Cos(angle));
            if (i + 1 < count)
            {
                numbers[i + 1] = (float)(radius * Math.Sin(angle));
            }
        }

        return numbers;
    }
}
