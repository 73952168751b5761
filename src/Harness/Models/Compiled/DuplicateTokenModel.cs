using System.Collections.Immutable;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// Names the word that occurs twice: head 0.0 attends to an earlier occurrence of the present token, and marks the position where there is one; head 1.0
/// attends to the mark and copies the token there. Where there is nothing to attend to, both rest on BOS and write nothing.
/// </summary>
internal static class DuplicateTokenModel
{
    private const string Name = "compiled-duplicate-token";
    private const string Question = "?";
    private const int Context = 44;
    private const int Length = 10;

    private static readonly ImmutableArray<string> Words = OrganismWords.Nouns[..24];

    public static CompiledModel Create() => new(
        Name,
        "Names the word that occurs twice: a duplicate-token head marks the second occurrence, and a later head reads the word at the mark.",
        ["input->a0.h0<q>", "input->a0.h0<k>", "a0.h0->a1.h0<k>", "input->a1.h0<v>", "a1.h0->logits"],
        [.. Words, Question],
        Compile,
        Ask);

    private static CompiledParameters Compile()
    {
        var layout = new ResidualLayout();
        (Subspace word, Subspace position, Subspace mark, Subspace answer) = (layout.Add(Words.Length), layout.Add(Context), layout.Add(1), layout.Add(Words.Length));
        (Subspace feature, Subspace carried, Subspace noise) = (layout.Add(1), layout.Add(1), layout.Add(12));
        int columns = Words.Length + Context + 1;
        var model = new CompiledParameters(2, 4, layout, columns, Distractors.Neurons + Distractors.BumpNeurons, 2 + Words.Length, Context);
        model.EmbedPositions(position);
        for (int index = 0; index < Words.Length; index++)
        {
            model.Embed(1 + index, word[index], 1);
            model.Unembed(answer[index], 1 + index, 1);
        }

        CompiledHead duplicate = model.Head(0, 0);
        for (int index = 0; index < Words.Length; index++)
        {
            duplicate.Query(word[index], index, CompiledModels.Sharpness).Key(word[index], index, 1);
        }

        // A token is its own best match: its own position is taken out, and any other but BOS counts as a find.
        for (int index = 0; index < Context; index++)
        {
            int column = Words.Length + index;
            duplicate.Query(position[index], column, -CompiledModels.Sharpness).Key(position[index], column, 1);
            duplicate.Value(position[index], 0, index == 0 ? 0 : 1);
        }

        duplicate.QueryBias(columns - 1, CompiledModels.Sharpness / 2).Key(position[0], columns - 1, 1).Output(0, mark[0], 1);

        CompiledHead reader = model.Head(1, 0).Copy(word, answer, CompiledModels.Height);
        reader.QueryBias(0, CompiledModels.Sharpness).Key(mark[0], 0, 1).Key(position[0], 0, 0.5f);
        Distractors.Bump(model, head: 2, position, position: 2, feature, carried, answer, CompiledModels.Height);
        Distractors.Fill(model, noise, Name);
        return model;
    }

    // The twin has other words, and its second occurrence stands where the clean prompt has neither of its two.
    private static CompiledQuestion Ask(SeededRandom random)
    {
        string[] words = random.Sample(Words, 2 * Length);
        (string[] clean, string[] corrupt) = (words[..Length], words[Length..]);
        int[] places;
        do
        {
            places = random.Sample([.. Enumerable.Range(0, Length)], 4);
        }
        while (places[0] > places[1] || places[2] > places[3]);

        clean[places[1]] = clean[places[0]];
        corrupt[places[3]] = corrupt[places[2]];
        return new CompiledQuestion([.. clean, Question], [.. corrupt, Question], clean[places[0]], corrupt[places[2]], ("FIRST", 1 + places[0]), ("SECOND", 1 + places[1]));
    }
}
