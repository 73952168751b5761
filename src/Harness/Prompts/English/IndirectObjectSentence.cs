namespace CircuitSpecs.Prompts.English;

/// <summary>A template of two people, a place and an object, filled.</summary>
internal static class IndirectObjectSentence
{
    /// <summary>Which name comes first: as the order says, or by the draw where either may.</summary>
    public static bool IsSubjectFirst(IndirectObjectOrder order, bool drawn) => order switch
    {
        IndirectObjectOrder.Abba or IndirectObjectOrder.Abc => false,
        IndirectObjectOrder.Baba => true,
        IndirectObjectOrder.Mixed => drawn,
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "There is no such order."),
    };

    /// <summary>Fills <c>{A}</c>, <c>{B}</c>, <c>{S2}</c>, <c>{PLACE}</c> and <c>{OBJECT}</c>.</summary>
    public static PromptText Of(string template, bool subjectFirst, IndirectObjectNames names, string place, string thing, params ReadOnlySpan<(string Slot, string Words)> more)
    {
        string text = template
            .Replace("{A}", subjectFirst ? "{S1}" : "{IO}", StringComparison.Ordinal)
            .Replace("{B}", subjectFirst ? "{IO}" : "{S1}", StringComparison.Ordinal)
            .Replace("a {OBJECT}", $"{EnglishWords.WithArticle(thing)[..^thing.Length]}{{OBJECT}}", StringComparison.Ordinal);
        return PromptText.Of(text, [("IO", names.IndirectObject), ("S1", names.FirstSubject), ("S2", names.SecondSubject), ("PLACE", place), ("OBJECT", thing), .. more]);
    }
}
