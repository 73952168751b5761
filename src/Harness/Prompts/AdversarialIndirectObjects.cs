using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// Indirect object identification with a sentence in between that names one of the two once more:
/// <c>Then, Mary and John went to the store. Mary had a good day. John gave a drink to</c> → <c>Mary</c> (Wang et al. 2022,
/// section 4.4 and figure 21: a second IO takes GPT-2 small from a logit difference of 3.55 to 1.23, a third S to 3.64).
/// In the corrupted twin a third name stands in that sentence, so that twin − clean is what the repetition costs. Named
/// positions: <c>IO</c>, <c>S1</c>, <c>S1+1</c>, <c>EXTRA</c>, <c>S2</c>, <c>PLACE</c>, <c>OBJECT</c>, <c>END</c>.
/// </summary>
public static class AdversarialIndirectObjects
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="repeatsSubject">Whether the subject is named once more, as a control, and not the indirect object.</param>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, bool repeatsSubject = false) =>
        PromptGenerator.Evaluation(Family(repeatsSubject), seed, count, random => Draw(tokenizer, repeatsSubject, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="repeatsSubject">Whether the subject is named once more, as a control, and not the indirect object.</param>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, bool repeatsSubject = false) =>
        PromptGenerator.Discovery(Family(repeatsSubject), seed, count, random => Draw(tokenizer, repeatsSubject, random));

    internal static string Family(bool repeatsSubject) => nameof(AdversarialIndirectObjects) + (repeatsSubject ? " (subject)" : "");

    private static readonly string[] Beginnings =
    [
        "Then, {A} and {B} went to the {PLACE}.",
        "Yesterday {A} and {B} met at the {PLACE}.",
        "Last week {A} and {B} were working at the {PLACE}.",
        "In the evening {A} and {B} had a long talk near the {PLACE}.",
        "Today {A} and {B} arrived at the {PLACE} together.",
    ];

    private static readonly string[] Extras =
    [
        "{EXTRA} had a good day.",
        "{EXTRA} was very tired.",
        "{EXTRA} was glad to be there.",
        "{EXTRA} had been there before.",
        "{EXTRA} liked the idea.",
    ];

    private static readonly string[] Ends = ["{S2} gave a {OBJECT} to", "{S2} decided to give a {OBJECT} to", "{S2} handed a {OBJECT} to", "Later {S2} sent a {OBJECT} to"];

    private static Drawn Draw(Tokenizer tokenizer, bool repeatsSubject, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        string template = $"{random.Choose(Beginnings)} {random.Choose(Extras)} {random.Choose(Ends)}";
        bool subjectFirst = random.Next(2) == 0;
        string place = random.Choose(EnglishWords.Places);
        string thing = random.Choose(EnglishWords.Objects);
        string[] people = random.Sample(EnglishWords.Names, 3);
        var names = new IndirectObjectNames(people[0], people[1], people[1]);
        return new PromptQuestion
        {
            Clean = Fill(repeatsSubject ? people[1] : people[0]),
            Corrupt = Fill(people[2]),
            Answer = $" {people[0]}",
            Foil = $" {people[1]}",
            Template = template,
            NamesNext = ["S1"],
        }.ToPrompt(tokenizer);

        PromptText Fill(string extra) => IndirectObjectSentence.Of(template, subjectFirst, names, place, thing, ("EXTRA", extra));
    }
}
