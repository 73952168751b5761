using System.Collections.Immutable;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// A B … A → B (Elhage et al. 2021): head 0.0 copies each position's previous token, head 1.0 looks for the position whose previous token is the present one,
/// and copies the token there. Where there is none it rests on BOS and writes nothing.
/// </summary>
internal static class InductionModel
{
    private const string Name = "compiled-induction";
    private const int Context = 48;
    private const int Length = 10;

    private static readonly ImmutableArray<string> Words = OrganismWords.Nouns[..24];

    /// <summary>The model.</summary>
    /// <param name="sharpness">The score of a key that matches. The circuit is the same at every sharpness; what gradients see of it is not.</param>
    public static CompiledModel Create(float sharpness = CompiledModels.Sharpness) => new(
        Name,
        "A B … A → B: a previous-token head and, through its keys, an induction head.",
        ["input->a0.h0<v>", "a0.h0->a1.h0<k>", "input->a1.h0<q>", "input->a1.h0<v>", "a1.h0->logits"],
        Words,
        () => Compile(sharpness),
        Ask);

    private static CompiledParameters Compile(float sharpness)
    {
        var layout = new ResidualLayout();
        (Subspace word, Subspace position, Subspace previous, Subspace next) = (layout.Add(Words.Length), layout.Add(Context), layout.Add(Words.Length), layout.Add(Words.Length));
        (Subspace feature, Subspace carried, Subspace noise) = (layout.Add(1), layout.Add(1), layout.Add(12));
        var model = new CompiledParameters(2, 4, layout, headWidth: Context, Distractors.Neurons + Distractors.BumpNeurons, 1 + Words.Length, Context);
        model.EmbedPositions(position);
        for (int index = 0; index < Words.Length; index++)
        {
            model.Embed(1 + index, word[index], 1);
            model.Unembed(next[index], 1 + index, 1);
        }

        CompiledHead previousToken = model.Head(0, 0).Copy(word, previous, 1);
        for (int index = 0; index < Context; index++)
        {
            previousToken.Query(position[index], Math.Max(index - 1, 0), sharpness).Key(position[index], index, 1);
        }

        CompiledHead induction = model.Head(1, 0).Copy(word, next, CompiledModels.Height);
        for (int index = 0; index < Words.Length; index++)
        {
            induction.Query(word[index], index, sharpness).Key(previous[index], index, 1);
        }

        induction.QueryBias(Words.Length, sharpness / 2).Key(position[0], Words.Length, 1);
        Distractors.Bump(model, head: 2, position, position: 2, feature, carried, next, CompiledModels.Height);
        Distractors.Fill(model, noise, Name);
        return model;
    }

    // The twin has other words, and repeats another one.
    private static CompiledQuestion Ask(SeededRandom random)
    {
        string[] words = random.Sample(Words, 2 * Length);
        (string[] clean, string[] corrupt) = (words[..Length], words[Length..]);
        int[] first = random.Sample([.. Enumerable.Range(0, Length - 1)], 2);
        return new CompiledQuestion(
            [.. clean, clean[first[0]]],
            [.. corrupt, corrupt[first[1]]],
            clean[first[0] + 1],
            corrupt[first[1] + 1],
            ("FIRST", 1 + first[0]),
            ("NEXT", 2 + first[0]));
    }
}
