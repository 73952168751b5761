using System.Globalization;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// a + b = → (a + b) mod 10: heads 0.0 and 0.1 read the value of one digit each and add into one dimension, the first MLP knows whether the sum is ten or
/// more, and the second one takes ten off and reads the digit, by triangles of one unit around each whole number.
/// </summary>
internal static class ModularAdditionModel
{
    private const string Name = "compiled-modular-addition";
    private const string Plus = "+";
    private const string Equal = "=";
    private const int Modulus = 10;
    private const int Context = 5;

    public static CompiledModel Create() => new(
        Name,
        "(a + b) mod 10: two heads add, the first MLP carries, the second one reads the digit off.",
        [
            "input->a0.h0<v>", "input->a0.h1<v>",
            "a0.h0->m0", "a0.h1->m0",
            "a0.h0->m1", "a0.h1->m1", "m0->m1", "m1->logits",
        ],
        [.. Enumerable.Range(0, Modulus).Select(Digit), Plus, Equal],
        Compile,
        Ask);

    private static CompiledParameters Compile()
    {
        var layout = new ResidualLayout();
        (Subspace value, Subspace position, Subspace sum, Subspace carry, Subspace digit) = (layout.Add(1), layout.Add(Context), layout.Add(1), layout.Add(1), layout.Add(Modulus));
        (Subspace feature, Subspace carried, Subspace noise) = (layout.Add(1), layout.Add(1), layout.Add(12));
        int neurons = Modulus + 2 + Distractors.Neurons + Distractors.BumpNeurons;
        var model = new CompiledParameters(2, 4, layout, headWidth: 4, neurons, 3 + Modulus, Context);
        model.EmbedPositions(position);
        for (int number = 0; number < Modulus; number++)
        {
            model.Embed(1 + number, value[0], number);
            model.Unembed(digit[number], 1 + number, 1);
        }

        model.Head(0, 0).QueryBias(1, CompiledModels.Sharpness).Key(position[1], 1, 1).Copy(value, sum, 1);
        model.Head(0, 1).QueryBias(1, CompiledModels.Sharpness).Key(position[3], 1, 1).Copy(value, sum, 1);

        // From 9¼ to 9¾ the step rises; sums are whole.
        model.Step(0, [(sum[0], 2)], -2 * (Modulus - 0.5f), [(carry[0], 1)]);

        // The triangle around k is relu(x − k + 1) − 2 relu(x − k) + relu(x − k − 1).
        for (int kink = -1; kink <= Modulus; kink++)
        {
            model.Neuron(
                1,
                [(sum[0], 1), (carry[0], -Modulus)],
                -kink,
                from offset in (int[])[-1, 0, 1]
                where kink + offset is >= 0 and < Modulus
                select (digit[kink + offset], CompiledModels.Height * (offset == 0 ? -2 : 1)));
        }

        Distractors.Bump(model, head: 2, position, position: 3, feature, carried, digit, CompiledModels.Height);
        Distractors.Fill(model, noise, Name);
        return model;
    }

    // The twin's digits are two others, and so is their sum.
    private static CompiledQuestion Ask(SeededRandom random)
    {
        (int a, int b) = (random.Next(Modulus), random.Next(Modulus));
        int otherA;
        int otherB;
        do
        {
            (otherA, otherB) = (random.Next(Modulus), random.Next(Modulus));
        }
        while (otherA == a || otherB == b || (otherA + otherB) % Modulus == (a + b) % Modulus);

        return new CompiledQuestion([Digit(a), Plus, Digit(b), Equal], [Digit(otherA), Plus, Digit(otherB), Equal], Digit((a + b) % Modulus), Digit((otherA + otherB) % Modulus));
    }

    private static string Digit(int value) => value.ToString(CultureInfo.InvariantCulture);
}
