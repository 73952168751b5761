using System.Collections.Immutable;
using System.Text;

namespace CircuitSpecs.Tokenizers;

/// <summary>
/// The vocabulary of the tinychat models: the longest known piece first, over lower-case text with a space put in
/// front; characters that match nothing are dropped. A prompt of such a model is <c>[inst] question [/inst] reply</c>:
/// <see cref="ToPrompt"/> makes it. <c>[inst]</c> (id 0) counts as BOS, so <c>ToTokens(text, prependBos: true)</c> gives a
/// question that is not closed yet; both tags can also be written in a text, where they become the tags, and what
/// follows a tag gets its own space in front. Where the text has that space already, none is added, so that decoded
/// text encodes to the tokens it came from.
/// </summary>
public sealed class DialogueTokenizer : Tokenizer
{
    internal const string Begin = "[inst]";
    internal const string End = "[/inst]";

    private readonly Vocabulary vocabulary;
    private readonly int begin;
    private readonly int end;
    private readonly int longest;

    internal DialogueTokenizer(Vocabulary vocabulary)
    {
        this.vocabulary = vocabulary;
        begin = vocabulary.Ids[Begin];
        end = vocabulary.Ids[End];
        longest = vocabulary.Ids.Keys.Max(spelling => spelling.Length);
    }

    /// <inheritdoc/>
    public override int VocabularySize => vocabulary.Size;

    /// <inheritdoc/>
    public override int? BosToken => begin;

    /// <inheritdoc/>
    public override ImmutableArray<int> SpecialTokens => [begin, end];

    /// <summary>Reads <c>vocab.json</c>.</summary>
    /// <param name="folder">Where the file is.</param>
    /// <exception cref="FileNotFoundException">It is missing.</exception>
    /// <exception cref="InvalidDataException">It is malformed or lacks <c>[inst]</c> or <c>[/inst]</c>.</exception>
    public static DialogueTokenizer Load(string folder)
    {
        Vocabulary vocabulary = Vocabulary.Read(Path.Combine(folder, TokenizerFolder.VocabularyFile));
        return Knows(vocabulary) ? new DialogueTokenizer(vocabulary) : throw new InvalidDataException($"'{vocabulary.Path}' lacks '{Begin}' or '{End}', which a dialogue vocabulary needs.");
    }

    /// <summary>A whole prompt: <c>[inst]</c>, the question, <c>[/inst]</c>, and the beginning of the reply.</summary>
    /// <param name="question">What the user says.</param>
    /// <param name="reply">What the model has said so far.</param>
    public ImmutableArray<int> ToPrompt(string question, string reply = "") => [begin, .. ToTokens(question, prependBos: false), end, .. ToTokens(reply, prependBos: false)];

    /// <inheritdoc/>
    public override ImmutableArray<EncodedToken> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (string spaced, List<(int Start, int End)> spans) = WithSpaces(text);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = vocabulary.Ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var tokens = ImmutableArray.CreateBuilder<EncodedToken>();
        for (int position = 0; position < spaced.Length;)
        {
            int length = Math.Min(longest, spaced.Length - position);
            int id = -1;
            while (length > 0 && !lookup.TryGetValue(spaced.AsSpan(position, length), out id))
            {
                length--;
            }

            if (length > 0)
            {
                tokens.Add(new EncodedToken(id, spans[position].Start, spans[position + length - 1].End));
            }

            position += Math.Max(1, length);
        }

        return tokens.DrainToImmutable();
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return string.Concat(ids.Select(vocabulary.SpellingOf));
    }

    internal static bool Knows(Vocabulary vocabulary) => vocabulary.Ids.ContainsKey(Begin) && vocabulary.Ids.ContainsKey(End);

    /// <summary>The text in lower case with a space before each stretch between tags, and the code points that each character stands for.</summary>
    private static (string Text, List<(int Start, int End)> Spans) WithSpaces(string text)
    {
        var spaced = new StringBuilder();
        var spans = new List<(int Start, int End)>();
        bool spaceOwed = true;
        int codePoint = 0;
        string lower = text.ToLowerInvariant();
        for (int position = 0; position < lower.Length;)
        {
            ReadOnlySpan<char> rest = lower.AsSpan(position);
            int tag = rest.StartsWith(Begin) ? Begin.Length : rest.StartsWith(End) ? End.Length : 0;
            if (spaceOwed && tag == 0 && rest[0] != ' ')
            {
                spaced.Append(' ');
                spans.Add((codePoint, codePoint));
            }

            spaceOwed = tag > 0;
            for (int last = position + Math.Max(1, tag); position < last; position++)
            {
                bool isSecondHalf = char.IsLowSurrogate(lower[position]) && position > 0 && char.IsHighSurrogate(lower[position - 1]);
                spaced.Append(lower[position]);
                spans.Add((isSecondHalf ? codePoint - 1 : codePoint, isSecondHalf ? codePoint : codePoint + 1));
                codePoint += isSecondHalf ? 0 : 1;
            }
        }

        return (spaced.ToString(), spans);
    }
}
