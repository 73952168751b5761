using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>
/// A text with slots that become named positions once it is cut into tokens:
/// <c>PromptText.Of("When {IO} and {S1} met, {S2} gave a book to", ("IO", "Mary"), ("S1", "John"), ("S2", "John"))</c>.
/// <list type="bullet">
/// <item><c>{IO}</c>: a word that has to be one token, which becomes the position <c>IO</c>.</item>
/// <item><c>{SUBJECT*}</c>: words of any number of tokens, the positions <c>SUBJECT_FIRST</c> and <c>SUBJECT_LAST</c>.</item>
/// <item><c>{RELATION=capital}</c>: a word of the template itself that has to be one token, the position <c>RELATION</c>.</item>
/// </list>
/// Names of slots are in capitals; other braces are text. The text is cut as a whole, so that the tokens are those that a
/// model would be given.
/// </summary>
public sealed partial class PromptText
{
    private PromptText(string text, ImmutableArray<NamedSpan> spans)
    {
        Text = text;
        Spans = spans;
    }

    /// <summary>The text with its slots filled.</summary>
    public string Text { get; }

    internal ImmutableArray<NamedSpan> Spans { get; }

    /// <summary>Fills the slots of a template.</summary>
    /// <param name="template">Text with slots.</param>
    /// <param name="words">What stands in each slot that the template does not fill itself.</param>
    /// <exception cref="ArgumentException">A slot has no words, words have no slot, or two slots have one name.</exception>
    public static PromptText Of(string template, params ReadOnlySpan<(string Slot, string Words)> words) => new PromptText("", []).Then(template, words);

    /// <summary>Appends a template as it stands, without a space in between.</summary>
    /// <param name="template">Text with slots.</param>
    /// <param name="words">What stands in each slot that the template does not fill itself.</param>
    /// <exception cref="ArgumentException">A slot has no words, words have no slot, or two slots have one name.</exception>
    public PromptText Then(string template, params ReadOnlySpan<(string Slot, string Words)> words)
    {
        ArgumentNullException.ThrowIfNull(template);
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string slot, string value) in words)
        {
            if (!given.TryAdd(slot, value))
            {
                throw new ArgumentException($"'{template}': words for the slot {slot} are given twice.", nameof(words));
            }
        }

        string text = Text;
        ImmutableArray<NamedSpan>.Builder spans = Spans.ToBuilder();
        var used = new HashSet<string>(StringComparer.Ordinal);
        int copied = 0;
        foreach (Match match in Slot().Matches(template))
        {
            string name = match.Groups["name"].Value;
            string? value = match.Groups["words"].Success ? match.Groups["words"].Value : given.GetValueOrDefault(name);
            if (value is null)
            {
                throw new ArgumentException($"'{template}': no words are given for the slot {name}.", nameof(words));
            }

            if (spans.Any(span => span.Name == name))
            {
                throw new ArgumentException($"'{template}': there are two slots of the name {name}; give them different names.", nameof(template));
            }

            used.Add(name);
            text += template[copied..match.Index];
            spans.Add(new NamedSpan(name, text.Length, text.Length + value.Length, match.Groups["several"].Success));
            text += value;
            copied = match.Index + match.Length;
        }

        return given.Keys.FirstOrDefault(name => !used.Contains(name)) is { } unused
            ? throw new ArgumentException($"'{template}' has no slot {unused} to be filled; it has {string.Join(", ", used.DefaultIfEmpty("none"))}.", nameof(words))
            : new PromptText(text + template[copied..], spans.DrainToImmutable());
    }

    /// <summary>Cuts the text into a prompt, BOS in front where the vocabulary has one.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="answer">The text that goes on correctly, with its space: <c>" Mary"</c>. It has to be one token; a space that is a token of its own, as before numbers in some vocabularies, goes into the prompt.</param>
    /// <param name="foil">The wrong text that it is compared with.</param>
    /// <param name="corrupt">The corrupted twin with the same slots, or null.</param>
    /// <param name="template">The label of the template, by which intervals are clustered.</param>
    /// <returns>The prompt with the slots and <c>END</c> as named positions.</returns>
    /// <exception cref="ArgumentException">The answer, the foil or a word is not one token, or the twin has another length or its slots stand elsewhere; the message says what to change.</exception>
    public Prompt ToPrompt(Tokenizer tokenizer, string answer, string foil, PromptText? corrupt = null, string? template = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Drawn drawn = new PromptQuestion { Clean = this, Corrupt = corrupt, Answer = answer, Foil = foil, Template = template ?? "" }.ToPrompt(tokenizer);
        string reason = drawn.Reason.Length > 0 ? drawn.Reason : PromptGenerator.Fault(drawn.Prompt!);
        return reason.Length == 0
            ? drawn.Prompt! with { Template = template }
            : throw new ArgumentException($"'{Text}' → '{answer}' (foil '{foil}'{(corrupt is null ? "" : $", corrupted '{corrupt.Text}'")}): {reason}. {PromptGenerator.Advice(reason)}");
    }

    [GeneratedRegex(@"\{(?<name>[A-Z][A-Z0-9_]*)(?<several>\*)?(=(?<words>[^}]*))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Slot();
}
