using CircuitSpecs.Prompts.English;
using CircuitSpecs.Prompts.Organism;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>When Mary and John went to the store, John gave a drink to</c> → <c>Mary</c> (Wang et al. 2022). The answer is the
/// indirect object, the foil the subject. In English: fifteen templates, names, places and objects that are one token each. In the
/// organisms' words: six prefixes × five verbs, and only pairs of names that were kept out of training. Named positions:
/// <c>IO</c>, <c>S1</c>, <c>S1+1</c> (in English), <c>S2</c>, <c>END</c>, in English also <c>PLACE</c> and <c>OBJECT</c>.
/// </summary>
/// <remarks>
/// Published values differ with template, BOS and corruption: mean logit difference in GPT-2 small 3.56 (100,000 prompts, no BOS,
/// Wang et al.), 3.55 (8 prompts, BOS, TransformerLens's demo), 4.11 (one template, ACDC).
/// </remarks>
public static class IndirectObjectIdentification
{
    /// <summary>Prompts to judge a claim on.</summary>
    /// <param name="tokenizer">The model's tokenizer; an organism's gives prompts in the organisms' words.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="order">Which of the two names comes first.</param>
    /// <param name="corruption">What differs in the corrupted twin.</param>
    /// <exception cref="ArgumentException">The vocabulary is a dialogue model's.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1, IndirectObjectOrder order = IndirectObjectOrder.Mixed, IndirectObjectCorruption corruption = IndirectObjectCorruption.SecondSubject) =>
        PromptGenerator.Evaluation(Family(order, corruption), seed, count, random => Draw(tokenizer, order, corruption, random));

    /// <summary>Prompts to search a component with; none of them is ever in an evaluation set.</summary>
    /// <param name="tokenizer">The model's tokenizer; an organism's gives prompts in the organisms' words.</param>
    /// <param name="count">How many prompts.</param>
    /// <param name="seed">Fixes the prompts.</param>
    /// <param name="order">Which of the two names comes first.</param>
    /// <param name="corruption">What differs in the corrupted twin.</param>
    /// <exception cref="ArgumentException">The vocabulary is a dialogue model's.</exception>
    /// <exception cref="InvalidOperationException">There are not as many prompts; the message says how many.</exception>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2, IndirectObjectOrder order = IndirectObjectOrder.Mixed, IndirectObjectCorruption corruption = IndirectObjectCorruption.SecondSubject) =>
        PromptGenerator.Discovery(Family(order, corruption), seed, count, random => Draw(tokenizer, order, corruption, random));

    internal static string Family(IndirectObjectOrder order, IndirectObjectCorruption corruption) => (order, corruption) switch
    {
        (IndirectObjectOrder.Mixed, IndirectObjectCorruption.SecondSubject) => nameof(IndirectObjectIdentification),
        (IndirectObjectOrder.Abc, _) => $"{nameof(IndirectObjectIdentification)} (ABC)",
        _ => $"{nameof(IndirectObjectIdentification)} ({order}, {corruption})",
    };

    private static readonly string[] Templates =
    [
        "When {A} and {B} went to the {PLACE}, {S2} gave a {OBJECT} to",
        "Then, {A} and {B} had a long talk at the {PLACE}. {S2} gave a {OBJECT} to",
        "After {A} and {B} met at the {PLACE}, {S2} decided to give a {OBJECT} to",
        "While {A} and {B} were working at the {PLACE}, {S2} handed a {OBJECT} to",
        "Yesterday {A} and {B} walked to the {PLACE}, and {S2} passed a {OBJECT} to",
        "Last week {A} and {B} visited the {PLACE}. {S2} sold a {OBJECT} to",
        "As soon as {A} and {B} arrived at the {PLACE}, {S2} offered a {OBJECT} to",
        "Once {A} and {B} had left the {PLACE}, {S2} brought a {OBJECT} to",
        "Because {A} and {B} often met near the {PLACE}, {S2} lent a {OBJECT} to",
        "In the morning {A} and {B} cleaned the {PLACE}. Later {S2} showed a {OBJECT} to",
        "Before {A} and {B} came back from the {PLACE}, {S2} sent a {OBJECT} to",
        "At the {PLACE}, {A} and {B} sat down together, and {S2} gave a {OBJECT} to",
        "During the trip {A} and {B} found a {OBJECT} at the {PLACE}. {S2} gave it to",
        "People said that {A} and {B} liked the {PLACE}. One day {S2} mailed a {OBJECT} to",
        "Today {A} and {B} opened the {PLACE} early, so {S2} promised a {OBJECT} to",
    ];

    private static Drawn Draw(Tokenizer tokenizer, IndirectObjectOrder order, IndirectObjectCorruption corruption, SeededRandom random) =>
        EnglishText.DrawBy(tokenizer, random, (words, draws) => OrganismIndirectObjects.Draw(words, order, corruption, draws), (words, draws) => DrawEnglish(words, order, corruption, draws));

    private static Drawn DrawEnglish(Tokenizer tokenizer, IndirectObjectOrder order, IndirectObjectCorruption corruption, SeededRandom random)
    {
        string template = random.Choose(Templates);
        bool subjectFirst = random.Next(2) == 0;
        string place = random.Choose(EnglishWords.Places);
        string thing = random.Choose(EnglishWords.Objects);
        string[] people = random.Sample(EnglishWords.Names, 2 + IndirectObjectNames.Others);
        (string io, string subject, string[] others) = (people[0], people[1], people[2..]);
        return new PromptQuestion
        {
            Clean = Fill(new(io, subject, order == IndirectObjectOrder.Abc ? others[0] : subject)),
            Corrupt = order == IndirectObjectOrder.Abc ? null : Fill(IndirectObjectNames.Of(io, subject, others, corruption)),
            Answer = $" {io}",
            Foil = $" {subject}",
            Template = template,
            NamesNext = ["S1"],
        }.ToPrompt(tokenizer);

        PromptText Fill(IndirectObjectNames names) => IndirectObjectSentence.Of(template, IndirectObjectSentence.IsSubjectFirst(order, subjectFirst), names, place, thing);
    }
}
