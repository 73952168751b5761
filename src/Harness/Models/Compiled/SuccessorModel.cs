using System.Collections.Immutable;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// … Tuesday … then → Wednesday: the first MLP gives a word of a series its place in the series and its kind, alike for days, months and numbers; head 1.0
/// attends to such a word and writes place + 1 and kind (Gould et al. 2023). Days and months go round; nothing follows the last number.
/// </summary>
internal static class SuccessorModel
{
    private const string Name = "compiled-successor";
    private const string Then = "then";
    private const int Length = 6;
    private const int Places = 12;
    private const int Context = Length + 2;

    private static readonly ImmutableArray<string> Nouns = OrganismWords.Nouns[..24];

    private static readonly ImmutableArray<ImmutableArray<string>> Series = [OrganismWords.Days, OrganismWords.Months, OrganismWords.NumberWords[1..(Places + 1)]];

    private static readonly ImmutableArray<string> Ordered = [.. Series.SelectMany(words => words)];

    public static CompiledModel Create() => new(
        Name,
        "The day, month or number after the one that was named: an MLP knows place and kind of each, and a successor head writes the next.",
        ["input->m0", "m0->a1.h0<k>", "m0->a1.h0<v>", "a1.h0->logits"],
        [.. Ordered, .. Nouns, Then],
        Compile,
        Ask);

    private static CompiledParameters Compile()
    {
        var layout = new ResidualLayout();
        (Subspace word, Subspace position, Subspace place, Subspace kind) = (layout.Add(Ordered.Length), layout.Add(Context), layout.Add(Places), layout.Add(Series.Length));
        (Subspace mark, Subspace answer) = (layout.Add(1), layout.Add(Ordered.Length));
        (Subspace feature, Subspace carried, Subspace noise) = (layout.Add(1), layout.Add(1), layout.Add(12));
        int neurons = Ordered.Length + Distractors.Neurons + Distractors.BumpNeurons;
        var model = new CompiledParameters(2, 4, layout, Places + Series.Length, neurons, 2 + Ordered.Length + Nouns.Length, Context);
        model.EmbedPositions(position);
        CompiledHead successor = model.Head(1, 0).QueryBias(0, CompiledModels.Sharpness).Key(mark[0], 0, 1).Key(position[0], 0, 0.5f);
        for (int index = 0; index < Places; index++)
        {
            successor.Value(place[index], index, 1);
        }

        int token = 0;
        for (int series = 0; series < Series.Length; series++)
        {
            int column = Places + series;
            successor.Value(kind[series], column, 1);
            for (int index = 0; index < Series[series].Length; index++)
            {
                model.Embed(1 + token, word[token], 1);
                model.Unembed(answer[token], 1 + token, 1);
                model.Neuron(0, [(word[token], 1)], 0, [(place[index], 1), (kind[series], 1), (mark[0], 1)]);

                // What stands before this word; before the first number, nothing.
                int before = index > 0 ? index - 1 : Series[series].Length - 1;
                if (index > 0 || GoesRound(series))
                {
                    successor.Output(before, answer[token], CompiledModels.Height).Output(column, answer[token], CompiledModels.Height);
                }

                token++;
            }
        }

        Distractors.Bump(model, head: 2, position, position: 2, feature, carried, answer, CompiledModels.Height);
        Distractors.Fill(model, noise, Name);
        return model;
    }

    private static bool GoesRound(int series) => series < 2;

    // The twin names another word of a series, elsewhere among other nouns.
    private static CompiledQuestion Ask(SeededRandom random)
    {
        string[] nouns = random.Sample(Nouns, 2 * Length);
        (string[] clean, string[] corrupt) = (nouns[..Length], nouns[Length..]);
        int[] places = random.Sample([.. Enumerable.Range(0, Length)], 2);
        (clean[places[0]], string answer) = Pair();
        string foil;
        do
        {
            (corrupt[places[1]], foil) = Pair();
        }
        while (foil == answer);

        return new CompiledQuestion([.. clean, Then], [.. corrupt, Then], answer, foil, ("ITEM", 1 + places[0]));

        (string Word, string Next) Pair()
        {
            int series = random.Next(Series.Length);
            ImmutableArray<string> words = Series[series];
            int index = random.Next(GoesRound(series) ? words.Length : words.Length - 1);
            return (words[index], words[(index + 1) % words.Length]);
        }
    }
}
