using System.Collections.Immutable;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>All prompt families with their usual settings, and which of them each problem of the list "Circuits in the Wild" (2.1 to 2.38) is posed with.</summary>
public static class PromptFamilies
{
    /// <summary>All families, by name.</summary>
    public static ImmutableArray<PromptFamily> All { get; } = [.. Made().OrderBy(family => family.Name, StringComparer.Ordinal)];

    /// <summary>
    /// Problem number → the families it is posed with. Problems about a behaviour have a family of their own; those about a model or a
    /// component (other models, backup heads, dropout, MLPs, the residual stream) are posed with indirect object identification, random
    /// repeats or prose.
    /// </summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<PromptFamily>> ByProblem { get; } = Problems()
        .ToImmutableSortedDictionary(problem => problem.Number, problem => problem.Families.Select(Named).ToImmutableArray(), Comparer<string>.Create((left, right) => Place(left).CompareTo(Place(right))));

    /// <summary>The family of a name.</summary>
    /// <param name="name">For example <c>Brackets (nested)</c>; capitals do not matter.</param>
    /// <exception cref="ArgumentException">There is none; the message lists the nearest names.</exception>
    public static PromptFamily Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(family => family.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no prompt family '{name}'. Nearest: {string.Join(", ", NearestWords.To(name, All.Select(family => family.Name), 3).Select(near => $"'{near}'"))}.", nameof(name));
    }

    /// <summary>The families that a problem is posed with.</summary>
    /// <param name="problem">Its number, for example <c>2.26</c>.</param>
    /// <exception cref="ArgumentException">There is no such problem.</exception>
    public static ImmutableArray<PromptFamily> ForProblem(string problem) => ByProblem.TryGetValue(problem, out ImmutableArray<PromptFamily> families)
        ? families
        : throw new ArgumentException($"There is no problem '{problem}'; the numbers are {ByProblem.Keys.First()} to {ByProblem.Keys.Last()}.", nameof(problem));

    private static int Place(string problem) => int.TryParse(problem.AsSpan(problem.IndexOf('.', StringComparison.Ordinal) + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int place) ? place : 0;

    private static IEnumerable<PromptFamily> Made()
    {
        const Vocabularies Words = Vocabularies.Text | Vocabularies.Organism;
        const Vocabularies Any = Words | Vocabularies.Dialogue;

        yield return new(nameof(Acronyms), "The Solar Eagle Group (SE → G", Words, (t, n, s) => Acronyms.Evaluation(t, n, s), (t, n, s) => Acronyms.Discovery(t, n, s));
        foreach (bool isSpaced in new[] { true, false })
        {
            yield return new(Addition.Family(3, isSpaced), isSpaced ? "48 + 10 = → 58" : "48+10= → 58", Vocabularies.Text, (t, n, s) => Addition.Evaluation(t, n, s, isSpaced: isSpaced), (t, n, s) => Addition.Discovery(t, n, s, isSpaced: isSpaced));
        }

        foreach (bool subject in new[] { false, true })
        {
            yield return new(AdversarialIndirectObjects.Family(subject), $"Then, Mary and John went to the store. {(subject ? "John" : "Mary")} had a good day. John gave a drink to → Mary", Vocabularies.Text, (t, n, s) => AdversarialIndirectObjects.Evaluation(t, n, s, subject), (t, n, s) => AdversarialIndirectObjects.Discovery(t, n, s, subject));
        }

        foreach (bool isNested in new[] { false, true })
        {
            yield return new(Brackets.Family(isNested), isNested ? "result = {x, [y, key → ]" : "result = (x, y, key → )", Vocabularies.Text, (t, n, s) => Brackets.Evaluation(t, n, s, isNested), (t, n, s) => Brackets.Discovery(t, n, s, isNested));
            yield return new(HtmlTags.Family(isNested), isNested ? "<td><label>World</ → label" : "<td>World</ → td", Vocabularies.Text, (t, n, s) => HtmlTags.Evaluation(t, n, s, isNested), (t, n, s) => HtmlTags.Discovery(t, n, s, isNested));
        }

        yield return new(CategoryLabels.Family(2), "Lucy: A, Madrid: B … Tokyo: → B", Vocabularies.Text, (t, n, s) => CategoryLabels.Evaluation(t, n, s), (t, n, s) => CategoryLabels.Discovery(t, n, s));
        yield return new(CategoryLabels.Family(4), "July lemon: C … March cat: → A", Vocabularies.Text, (t, n, s) => CategoryLabels.Evaluation(t, n, s, 4), (t, n, s) => CategoryLabels.Discovery(t, n, s, 4));
        yield return new(nameof(CodeArguments), "def merge(mass, count, gamma): return mass + count + → gamma", Vocabularies.Text, (t, n, s) => CodeArguments.Evaluation(t, n, s), (t, n, s) => CodeArguments.Discovery(t, n, s));
        yield return new(nameof(WordPairs), "She asked for the salt and the → pepper", Vocabularies.Text, (t, n, s) => WordPairs.Evaluation(t, n, s), (t, n, s) => WordPairs.Discovery(t, n, s));
        yield return new(nameof(Counting), "In the room there were a cat, a spoon … The number of animals was → three", Vocabularies.Text, (t, n, s) => Counting.Evaluation(t, n, s), (t, n, s) => Counting.Discovery(t, n, s));
        yield return new(nameof(Docstrings), "def send(self, height, state, image): … :param → image", Vocabularies.Text, (t, n, s) => Docstrings.Evaluation(t, n, s), (t, n, s) => Docstrings.Discovery(t, n, s));
        yield return new(nameof(DuplicateTokens), "… A … A", Any, (t, n, s) => DuplicateTokens.Evaluation(t, n, s), (t, n, s) => DuplicateTokens.Discovery(t, n, s));
        yield return new(nameof(EmailAddresses), "Mary Smith <mary_ → smith", Words, (t, n, s) => EmailAddresses.Evaluation(t, n, s), (t, n, s) => EmailAddresses.Discovery(t, n, s));
        yield return new(EmailAddresses.Family(EmailPart.FirstName, 2), "… Mary Smith < → mary", Vocabularies.Text, (t, n, s) => EmailAddresses.Evaluation(t, n, s, EmailPart.FirstName, 2), (t, n, s) => EmailAddresses.Discovery(t, n, s, EmailPart.FirstName, 2));
        yield return new(EmailAddresses.Family(EmailPart.Surname, 2), "… Mary Smith <mary_ → smith", Vocabularies.Text, (t, n, s) => EmailAddresses.Evaluation(t, n, s, EmailPart.Surname, 2), (t, n, s) => EmailAddresses.Discovery(t, n, s, EmailPart.Surname, 2));
        foreach (EmailPart part in Enum.GetValues<EmailPart>())
        {
            yield return new(EmailSnippets.Family(part), part == EmailPart.Surname ? "… Name: Amy Hill, Email: → hill" : "… Name: Amy Hill, Email: hill. → amy", Vocabularies.Text, (t, n, s) => EmailSnippets.Evaluation(t, n, s, part), (t, n, s) => EmailSnippets.Discovery(t, n, s, part));
        }

        yield return new(nameof(Facts), "The capital of France is → Paris", Words, (t, n, s) => Facts.Evaluation(t, n, s), (t, n, s) => Facts.Discovery(t, n, s));
        foreach (FactRelation relation in Enum.GetValues<FactRelation>())
        {
            yield return new(Facts.Family(relation), "The … of France is →", Vocabularies.Text, (t, n, s) => Facts.Evaluation(t, n, s, relation), (t, n, s) => Facts.Discovery(t, n, s, relation));
        }

        foreach (FewShotTask task in Enum.GetValues<FewShotTask>())
        {
            foreach (FewShotCorruption corruption in Enum.GetValues<FewShotCorruption>())
            {
                yield return new(FewShot.Family(task, 5, corruption), "hot -> cold … wide -> → narrow", Vocabularies.Text, (t, n, s) => FewShot.Evaluation(t, n, s, task, 5, corruption), (t, n, s) => FewShot.Discovery(t, n, s, task, 5, corruption));
            }
        }

        yield return new(nameof(GreaterThan), "The war lasted from the year 1732 to the year 17 → 33 to 99", Words, (t, n, s) => GreaterThan.Evaluation(t, n, s), (t, n, s) => GreaterThan.Discovery(t, n, s));
        foreach (IndirectObjectOrder order in new[] { IndirectObjectOrder.Mixed, IndirectObjectOrder.Abba, IndirectObjectOrder.Baba })
        {
            foreach (IndirectObjectCorruption corruption in Enum.GetValues<IndirectObjectCorruption>())
            {
                yield return new(IndirectObjectIdentification.Family(order, corruption), "When Mary and John went to the store, John gave a drink to → Mary", Words, (t, n, s) => IndirectObjectIdentification.Evaluation(t, n, s, order, corruption), (t, n, s) => IndirectObjectIdentification.Discovery(t, n, s, order, corruption));
            }
        }

        yield return new(IndirectObjectIdentification.Family(IndirectObjectOrder.Abc, default), "When Mary and John went to the store, Anna gave a drink to", Words, (t, n, s) => IndirectObjectIdentification.Evaluation(t, n, s, IndirectObjectOrder.Abc), (t, n, s) => IndirectObjectIdentification.Discovery(t, n, s, IndirectObjectOrder.Abc));
        yield return new(nameof(InductionPairs), "… A B … A → B", Any, (t, n, s) => InductionPairs.Evaluation(t, n, s), (t, n, s) => InductionPairs.Discovery(t, n, s));
        yield return new(nameof(MemorisedTexts), "In the beginning God created the heaven and …", Vocabularies.Text, (t, n, s) => MemorisedTexts.Evaluation(t, n, s), (t, n, s) => MemorisedTexts.Discovery(t, n, s));
        yield return new(nameof(MethodNames), "items = [], for i in range(10): items. → append", Vocabularies.Text, (t, n, s) => MethodNames.Evaluation(t, n, s), (t, n, s) => MethodNames.Discovery(t, n, s));
        yield return new(nameof(NumberedLines), "1. Make the bed 2. Buy some milk 3. Call the doctor → 4", Vocabularies.Text, (t, n, s) => NumberedLines.Evaluation(t, n, s), (t, n, s) => NumberedLines.Discovery(t, n, s));
        yield return new(nameof(Pronouns), "So Mary is a really great friend, isn't → she", Words, (t, n, s) => Pronouns.Evaluation(t, n, s), (t, n, s) => Pronouns.Discovery(t, n, s));
        yield return new(nameof(Prose), "The harbour was quiet before the sun came up. …", Words, (t, n, s) => Prose.Evaluation(t, n, seed: s), (t, n, s) => Prose.Discovery(t, n, seed: s));
        yield return new(nameof(RepeatedPhrases), "We met Frozen Castle … Later that day we spoke to Frozen → Castle", Vocabularies.Text, (t, n, s) => RepeatedPhrases.Evaluation(t, n, s), (t, n, s) => RepeatedPhrases.Discovery(t, n, s));
        yield return new(RepeatedRandomTokens.Family(20), "A B C … A B C …", Any, (t, n, s) => RepeatedRandomTokens.Evaluation(t, n, seed: s), (t, n, s) => RepeatedRandomTokens.Discovery(t, n, seed: s));
        yield return new(nameof(SentenceStarts), "It was late. Mary walked to the store. → The, He, They …", Vocabularies.Text, (t, n, s) => SentenceStarts.Evaluation(t, n, s), (t, n, s) => SentenceStarts.Discovery(t, n, s));
        yield return new(Sequences.Family(null), "The sequence is: May, June, July, August, → September", Vocabularies.Text, (t, n, s) => Sequences.Evaluation(t, n, s), (t, n, s) => Sequences.Discovery(t, n, s));
        foreach (SeriesKind kind in Enum.GetValues<SeriesKind>())
        {
            yield return new(Sequences.Family(kind), "The sequence is: … →", Vocabularies.Text, (t, n, s) => Sequences.Evaluation(t, n, s, kind), (t, n, s) => Sequences.Discovery(t, n, s, kind));
        }

        yield return new(nameof(SubjectVerbAgreement), "The keys near the door → are", Vocabularies.Text, (t, n, s) => SubjectVerbAgreement.Evaluation(t, n, s), (t, n, s) => SubjectVerbAgreement.Discovery(t, n, s));
        yield return new(nameof(Successors), "The day after Monday is → Tuesday", Words, (t, n, s) => Successors.Evaluation(t, n, s), (t, n, s) => Successors.Discovery(t, n, s));
        yield return new(nameof(TopicCopying), "do you like the river? yes, the → river", Vocabularies.Dialogue, (t, n, s) => TopicCopying.Evaluation(t, n, s), (t, n, s) => TopicCopying.Discovery(t, n, s));
        foreach (TranslationLanguage language in Enum.GetValues<TranslationLanguage>())
        {
            yield return new(Translations.Family(language, 5), $"English: sea {language}: … English: moon {language}: →", Vocabularies.Text, (t, n, s) => Translations.Evaluation(t, n, s, language), (t, n, s) => Translations.Discovery(t, n, s, language));
        }

        foreach (bool answersOnly in new[] { true, false })
        {
            yield return new(OrganismTasks.Family(answersOnly), "<bos> document <bos> document …", Vocabularies.Organism, (t, n, s) => OrganismTasks.Evaluation(t, n, answersOnly, seed: s), (t, n, s) => OrganismTasks.Discovery(t, n, answersOnly, seed: s));
        }
    }

    private static IEnumerable<(string Number, string[] Families)> Problems()
    {
        string repeats = RepeatedRandomTokens.Family(20);
        const string Ioi = nameof(IndirectObjectIdentification);
        string[] ioi = [Ioi, IndirectObjectIdentification.Family(IndirectObjectOrder.Mixed, IndirectObjectCorruption.SubjectIsIndirectObject), IndirectObjectIdentification.Family(IndirectObjectOrder.Mixed, IndirectObjectCorruption.AllNames), IndirectObjectIdentification.Family(IndirectObjectOrder.Abc, default)];
        yield return ("2.1", [repeats, nameof(InductionPairs)]);
        yield return ("2.2", [Sequences.Family(null), .. Enum.GetValues<SeriesKind>().Select(kind => Sequences.Family(kind)), nameof(Successors)]);
        yield return ("2.3", [nameof(NumberedLines)]);
        yield return ("2.4", [nameof(Acronyms)]);
        yield return ("2.5", [nameof(EmailAddresses), EmailAddresses.Family(EmailPart.FirstName, 2), EmailAddresses.Family(EmailPart.Surname, 2)]);
        yield return ("2.6", [.. Enum.GetValues<EmailPart>().Select(EmailSnippets.Family)]);
        yield return ("2.7", [nameof(Facts), .. Enum.GetValues<FactRelation>().Select(relation => Facts.Family(relation))]);
        yield return ("2.8", [nameof(SentenceStarts)]);
        yield return ("2.9", [nameof(Counting)]);
        yield return ("2.10", [nameof(MemorisedTexts)]);
        yield return ("2.11", [repeats, nameof(InductionPairs), nameof(RepeatedPhrases)]);
        yield return ("2.12", [nameof(Pronouns)]);
        yield return ("2.13", [nameof(GreaterThan), nameof(SubjectVerbAgreement), nameof(TopicCopying)]);
        yield return ("2.14", [Brackets.Family(false), Brackets.Family(true)]);
        yield return ("2.15", [HtmlTags.Family(false), HtmlTags.Family(true)]);
        yield return ("2.16", [nameof(MethodNames)]);
        yield return ("2.17", [nameof(Docstrings), nameof(CodeArguments)]);
        yield return ("2.18", ioi);
        yield return ("2.19", ioi);
        yield return ("2.20", ioi);
        yield return ("2.21", [nameof(DuplicateTokens), repeats, Ioi]);
        yield return ("2.22", ioi);
        yield return ("2.23", [nameof(WordPairs), Ioi, repeats, nameof(RepeatedPhrases), nameof(Prose)]);
        yield return ("2.24", ioi);
        yield return ("2.25", ioi);
        yield return ("2.26", [repeats, nameof(Prose), nameof(InductionPairs)]);
        yield return ("2.27", ioi);
        yield return ("2.28", [AdversarialIndirectObjects.Family(false), AdversarialIndirectObjects.Family(true), Ioi]);
        yield return ("2.29", [repeats, nameof(InductionPairs), nameof(RepeatedPhrases)]);
        yield return ("2.30", [nameof(Prose), Ioi]);
        yield return ("2.31", [nameof(Prose)]);
        yield return ("2.32", [nameof(Prose)]);
        yield return ("2.33", [repeats, nameof(InductionPairs), nameof(RepeatedPhrases)]);
        yield return ("2.34", [.. Enum.GetValues<TranslationLanguage>().Select(language => Translations.Family(language, 5))]);
        yield return ("2.35", [CategoryLabels.Family(2), CategoryLabels.Family(4)]);
        yield return ("2.36", [.. Enum.GetValues<FewShotTask>().SelectMany(task => Enum.GetValues<FewShotCorruption>().Select(corruption => FewShot.Family(task, 5, corruption)))]);
        yield return ("2.37", [Addition.Family(3, isSpaced: true), Addition.Family(3, isSpaced: false)]);
        yield return ("2.38", [nameof(Prose)]);
    }
}
