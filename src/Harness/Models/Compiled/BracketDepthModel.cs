using System.Collections.Immutable;
using System.Globalization;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// How many brackets are open at <c>=</c>, or <c>error</c> where one was closed too many: head 0.0 averages +1 and −1 over all tokens, the first MLP compares the
/// average with thresholds that fall with the position, and marks positions of negative depth; head 1.0 attends to such a mark and overrules.
/// </summary>
internal static class BracketDepthModel
{
    private const string Name = "compiled-bracket-depth";
    private const string Open = "(";
    private const string Close = ")";
    private const string Equal = "=";
    private const string Error = "error";
    private const int Length = 10;
    private const int Context = Length + 2;
    private const int Thresholds = Length + 1;

    // The average is a multiple of 1 / (position + 1), and a threshold lies half way between two: times this, at least ½ away.
    private const float Steepness = 2 * Context;

    public static CompiledModel Create() => new(
        Name,
        "How many brackets are open, or error where one was closed too many: an averaging head, an MLP of thresholds, and a head that looks for negative depth.",
        ["input->a0.h0<v>", "a0.h0->m0", "m0->a1.h0<k>", "m0->logits", "a1.h0->logits"],
        [Open, Close, Equal, Error, .. Enumerable.Range(0, Length + 1).Select(Digit)],
        Compile,
        Ask);

    private static CompiledParameters Compile()
    {
        var layout = new ResidualLayout();
        (Subspace token, Subspace position, Subspace share, Subspace average) = (layout.Add(1), layout.Add(Context), layout.Add(1), layout.Add(1));
        (Subspace depth, Subspace negative, Subspace error) = (layout.Add(Length + 1), layout.Add(1), layout.Add(1));
        (Subspace feature, Subspace carried, Subspace noise) = (layout.Add(1), layout.Add(1), layout.Add(12));
        int neurons = (2 * Thresholds) + Distractors.Neurons + Distractors.BumpNeurons;
        var model = new CompiledParameters(2, 4, layout, headWidth: 4, neurons, 6 + Length, Context);
        model.EmbedPositions(position);
        for (int index = 0; index < Context; index++)
        {
            model.Add("pos_embed.W_pos", 1f / (index + 1), index, share[0]);
        }

        model.Embed(1, token[0], 1);
        model.Embed(2, token[0], -1);
        model.Unembed(error[0], 4, 1);
        for (int index = 0; index <= Length; index++)
        {
            model.Unembed(depth[index], 5 + index, 1);
        }

        // No queries, no keys: all tokens alike.
        model.Head(0, 0).Copy(token, average, 1);

        // Depth is at least t: one up for t, one down for t − 1. Below 0 there is nothing but the mark.
        model.Add("blocks.0.mlp.b_out", 1, negative[0]);
        for (int threshold = 0; threshold <= Length; threshold++)
        {
            model.Step(
                0,
                [(average[0], Steepness), (share[0], -Steepness * (threshold - 0.5f))],
                0,
                [(depth[threshold], CompiledModels.Height), threshold == 0 ? (negative[0], -1) : (depth[threshold - 1], -CompiledModels.Height)]);
        }

        CompiledHead fault = model.Head(1, 0).QueryBias(0, CompiledModels.Sharpness).Key(negative[0], 0, 1).Key(position[0], 0, 0.5f).Output(0, error[0], 2 * CompiledModels.Height);
        for (int index = 1; index < Context; index++)
        {
            fault.Value(position[index], 0, 1);
        }

        Distractors.Bump(model, head: 2, position, position: 2, feature, carried, depth, CompiledModels.Height);
        Distractors.Fill(model, noise, Name);
        return model;
    }

    // The twin closes one too many, and ends at another depth.
    private static CompiledQuestion Ask(SeededRandom random)
    {
        (string[] clean, int depth, _) = Draw(faulty: false);
        string[] corrupt;
        int other;
        do
        {
            (corrupt, other, _) = Draw(faulty: true);
        }
        while (other == depth);

        return new CompiledQuestion([.. clean, Equal], [.. corrupt, Equal], Digit(depth), Error);

        (string[] Brackets, int Depth, bool Faulty) Draw(bool faulty)
        {
            while (true)
            {
                string[] brackets = new string[Length];
                int level = 0;
                bool negative = false;
                for (int index = 0; index < Length; index++)
                {
                    bool opens = random.Next(2) == 0;
                    brackets[index] = opens ? Open : Close;
                    level += opens ? 1 : -1;
                    negative |= level < 0;
                }

                if (negative == faulty)
                {
                    return (brackets, level, negative);
                }
            }
        }
    }

    private static string Digit(int value) => value.ToString(CultureInfo.InvariantCulture);
}
