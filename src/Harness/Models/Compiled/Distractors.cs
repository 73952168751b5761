using CircuitSpecs.Statistics;

namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// What a compiled model has beside its circuit, so that the precision of a search means something: heads and neurons that read everything and write
/// where only their own kind reads, and one path that reaches the logits, has a slope, and never has an effect.
/// </summary>
internal static class Distractors
{
    /// <summary>Neurons that <see cref="Fill"/> adds to each MLP.</summary>
    public const int Neurons = 6;

    /// <summary>Neurons that <see cref="Bump"/> adds to the last MLP.</summary>
    public const int BumpNeurons = 2;

    private const int Columns = 3;
    private const int Steps = 16;

    /// <summary>
    /// Gives all heads that are still free, and <see cref="Neurons"/> neurons of every MLP, random weights from the whole residual stream into a subspace that
    /// neither the circuit nor the unembedding reads. Every second head attends by content, the others evenly.
    /// </summary>
    /// <param name="parameters">The model.</param>
    /// <param name="noise">Where they write.</param>
    /// <param name="name">The model's name, for the seed.</param>
    public static void Fill(CompiledParameters parameters, Subspace noise, string name)
    {
        SeededRandom random = SeededRandom.For(1, $"compiled/{name}");
        int width = parameters.Config.DModel;
        foreach ((int layer, int index) in parameters.FreeHeads.ToArray())
        {
            CompiledHead head = parameters.Head(layer, index);
            for (int column = 0; column < Columns; column++)
            {
                for (int dimension = 0; dimension < width; dimension++)
                {
                    head.Value(dimension, column, Draw(random));
                    if (index % 2 == 0)
                    {
                        head.Query(dimension, column, Draw(random)).Key(dimension, column, Draw(random));
                    }
                }

                for (int target = 0; target < noise.Size; target++)
                {
                    head.Output(column, noise[target], Draw(random));
                }
            }
        }

        for (int layer = 0; layer < parameters.Config.Layers; layer++)
        {
            for (int neuron = 0; neuron < Neurons; neuron++)
            {
                parameters.Neuron(
                    layer,
                    Enumerable.Range(0, width).Select(dimension => (dimension, Draw(random))).ToArray(),
                    Draw(random),
                    Enumerable.Range(0, noise.Size).Select(target => (noise[target], Draw(random))).ToArray());
            }
        }
    }

    /// <summary>
    /// A head of layer 0 carries a feature of one position's token, ¼ or ¾, to the last MLP, where relu(x) − 2 relu(x − ½) makes ¼ of either: no edge of this
    /// path can change anything, but the slope of the logits along it is large, and its sign right on one side and wrong on the other. Gradients are misled.
    /// </summary>
    /// <param name="parameters">The model.</param>
    /// <param name="head">A free head of layer 0.</param>
    /// <param name="positions">The subspace with a dimension for each position.</param>
    /// <param name="position">The position whose token is read.</param>
    /// <param name="feature">A dimension of the embedding; it is written here: ¾ for every token of odd id, ¼ for the others.</param>
    /// <param name="carried">The dimension that the head writes.</param>
    /// <param name="targets">Dimensions that the unembedding reads; every second one is written to.</param>
    /// <param name="height">How many logits the bump would be, were it not cancelled by the MLP's bias.</param>
    public static void Bump(CompiledParameters parameters, int head, Subspace positions, int position, Subspace feature, Subspace carried, Subspace targets, float height)
    {
        for (int token = 0; token < parameters.Config.Vocabulary; token++)
        {
            parameters.Embed(token, feature[0], token % 2 == 0 ? 0.25f : 0.75f);
        }

        parameters.Head(0, head)
            .QueryBias(0, CompiledModels.Sharpness)
            .Key(positions[position], 0, 1)
            .Value(feature[0], 0, 1)
            .Output(0, carried[0], 1);

        int last = parameters.Config.Layers - 1;
        (int Dimension, float Weight)[] read = [(carried[0], 1)];
        int[] written = [.. Enumerable.Range(0, targets.Size).Where(target => target % 2 == 0).Select(target => targets[target])];
        parameters.Neuron(last, read, 0, written.Select(dimension => (dimension, 4 * height)));
        parameters.Neuron(last, read, -0.5f, written.Select(dimension => (dimension, -8 * height)));
        foreach (int dimension in written)
        {
            parameters.Add($"blocks.{last}.mlp.b_out", -height, dimension);
        }
    }

    // Multiples of 1/64 between −¼ and ¼: sums of them are exact in float32.
    private static float Draw(SeededRandom random) => (random.Next((2 * Steps) + 1) - Steps) / 64f;
}
