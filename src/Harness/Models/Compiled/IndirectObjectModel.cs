using System.Collections.Immutable;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;

namespace CircuitSpecs.Models.Compiled;

/// <summary>
/// When A and B went …, A gave … to → B, the way of GPT-2 (Wang et al. 2022) without its backups: head 0.0 marks a name that stood before, head 1.0 reads
/// which name is marked, head 2.0 attends to names, to that one less, and copies. A name is two one-hot digits of nine, so that names overlap.
/// </summary>
internal static class IndirectObjectModel
{
    private const string Name = "compiled-ioi";
    private const int Context = 24;
    private const int Base = 9;
    private const int Code = 2 * Base;
    private const int Heads = 4;

    // A name outweighs what is no name by more than the inhibition of a match in both digits.
    private const float NameBonus = 4;

    /// <summary>Also the words of <see cref="Prompts.IndirectObjectIdentification"/>, so that its prompts can be asked too.</summary>
    private static readonly ImmutableArray<string> Others =
    [
        .. "When Then After While and went to the had a long talk . Later , were working at Today thinking about going gave handed decided give wanted sent".Split(' ')
            .Concat(OrganismWords.Places).Concat(OrganismWords.Objects).Distinct(),
    ];

    private static readonly ImmutableArray<string> Words = [.. OrganismWords.Names, .. Others];

    public static CompiledModel Create() => new(
        Name,
        "When A and B went …, A gave … to → B: a duplicate-token head, an S-inhibition head through its keys, and through the queries a name mover.",
        [
            "input->a0.h0<q>", "input->a0.h0<k>",
            "a0.h0->a1.h0<k>", "input->a1.h0<v>",
            "a1.h0->a2.h0<q>", "input->a2.h0<k>", "input->a2.h0<v>", "a2.h0->logits",
        ],
        Words,
        Compile,
        Ask);

    private static CompiledParameters Compile()
    {
        var layout = new ResidualLayout();
        (Subspace name, Subspace position, Subspace mark, Subspace inhibited, Subspace answer) = (layout.Add(Code), layout.Add(Context), layout.Add(1), layout.Add(Code), layout.Add(Code));
        (Subspace feature, Subspace carried, Subspace noise) = (layout.Add(1), layout.Add(1), layout.Add(12));
        int columns = Code + Context + 1;
        var model = new CompiledParameters(3, Heads, layout, columns, Distractors.Neurons + Distractors.BumpNeurons, 1 + Words.Length, Context);
        model.EmbedPositions(position);
        for (int index = 0; index < OrganismWords.Names.Length; index++)
        {
            foreach (int digit in (int[])[index / Base, Base + (index % Base)])
            {
                model.Embed(1 + index, name[digit], 1);
                model.Unembed(answer[digit], 1 + index, 1);
            }
        }

        CompiledHead duplicate = model.Head(0, 0);
        CompiledHead mover = model.Head(2, 0).Copy(name, answer, CompiledModels.Height);
        for (int digit = 0; digit < Code; digit++)
        {
            // Two digits match: 2; another name 1 at most.
            duplicate.Query(name[digit], digit, CompiledModels.Sharpness).Key(name[digit], digit, 1);
            mover.Query(inhibited[digit], digit, -CompiledModels.Sharpness).Key(name[digit], digit, 1);
        }

        for (int index = 0; index < Context; index++)
        {
            int column = Code + index;
            duplicate.Query(position[index], column, -2 * CompiledModels.Sharpness).Key(position[index], column, 1);
            duplicate.Value(position[index], 0, index == 0 ? 0 : 1);
        }

        duplicate.QueryBias(columns - 1, 1.5f * CompiledModels.Sharpness).Key(position[0], columns - 1, 1).Output(0, mark[0], 1);

        CompiledHead inhibition = model.Head(1, 0).Copy(name, inhibited, 1);
        inhibition.QueryBias(Code, CompiledModels.Sharpness).Key(mark[0], Code, 1).Key(position[0], Code, 0.5f);

        // Each name has one digit among the first nine: that makes it a name.
        mover.QueryBias(Code, NameBonus * CompiledModels.Sharpness);
        for (int digit = 0; digit < Base; digit++)
        {
            mover.Key(name[digit], Code, 1);
        }

        Distractors.Bump(model, head: 2, position, position: 2, feature, carried, answer, CompiledModels.Height);
        Distractors.Fill(model, noise, Name);
        return model;
    }

    // The twin has three other names (ABC): none is repeated, and none is the answer.
    private static CompiledQuestion Ask(SeededRandom random)
    {
        string[] names = random.Sample(OrganismWords.Names, 5);
        (string io, string subject) = (names[0], names[1]);
        bool subjectFirst = random.Next(2) == 0;
        string opening = random.Choose(["When", "After", "While"]);
        string[] place = opening == "While" ? ["were", "at"] : ["went", "to"];
        string[] rest = ["the", random.Choose(OrganismWords.Places), ","];
        string[] gift = ["gave", "a", random.Choose(OrganismWords.Objects), "to"];
        return new CompiledQuestion(
            Sentence(subjectFirst ? subject : io, subjectFirst ? io : subject, subject),
            Sentence(names[2], names[3], names[4]),
            io,
            subject,
            ("IO", subjectFirst ? 4 : 2),
            ("S1", subjectFirst ? 2 : 4),
            ("S2", 10));

        string[] Sentence(string first, string second, string giver) => [opening, first, "and", second, .. place, .. rest, giver, .. gift];
    }
}
