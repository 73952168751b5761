using System.Collections.Immutable;
using CircuitSpecs.Prompts.English;
using CircuitSpecs.Statistics;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// <c>The keys near the door</c> → <c> are</c>: the number of the verb is that of the subject, not that of the noun next to it (Linzen et al.
/// 2016). The noun in between has the other number; the foil is the verb in that number. In the corrupted twin the subject has the other number
/// too. Named positions: <c>SUBJECT</c>, <c>ATTRACTOR</c>, <c>END</c> (the same token). A template is a preposition with a verb.
/// </summary>
public static class SubjectVerbAgreement
{
    /// <inheritdoc cref="PromptFamily.Evaluation"/>
    public static EvaluationSet Evaluation(Tokenizer tokenizer, int count = 64, int seed = 1) =>
        PromptGenerator.Evaluation(nameof(SubjectVerbAgreement), seed, count, random => Draw(tokenizer, random));

    /// <inheritdoc cref="PromptFamily.Discovery"/>
    public static DiscoverySet Discovery(Tokenizer tokenizer, int count = 64, int seed = 2) =>
        PromptGenerator.Discovery(nameof(SubjectVerbAgreement), seed, count, random => Draw(tokenizer, random));

    private static readonly string[] Prepositions = ["near", "behind", "beside", "above", "under"];

    private static readonly (string Singular, string Plural)[] Verbs = [("is", "are"), ("was", "were"), ("has", "have")];

    private static Drawn Draw(Tokenizer tokenizer, SeededRandom random)
    {
        EnglishText.Checked(tokenizer);
        ImmutableArray<string>[] nouns = random.Sample(EnglishWords.Nouns, 2);
        string preposition = random.Choose(Prepositions);
        (string singular, string plural) = random.Choose(Verbs);
        int number = random.Next(2);
        return new PromptQuestion
        {
            Clean = Fill(number),
            Corrupt = Fill(1 - number),
            Answer = $" {(number == 0 ? singular : plural)}",
            Foil = $" {(number == 0 ? plural : singular)}",
            Template = $"{preposition} {singular}",
        }.ToPrompt(tokenizer);

        PromptText Fill(int subject) => PromptText.Of($"The {{SUBJECT}} {preposition} the {{ATTRACTOR}}", ("SUBJECT", nouns[0][subject]), ("ATTRACTOR", nouns[1][1 - number]));
    }
}
