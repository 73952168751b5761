using System.Collections.Immutable;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>A text and what follows it, cut into tokens together, since a vocabulary may cut the end of a text otherwise when it goes on.</summary>
internal sealed class TokenizedText
{
    private TokenizedText(ImmutableArray<int> head, ImmutableArray<int> tail, ImmutableSortedDictionary<string, int> positions, string fault)
    {
        Head = head;
        Tail = tail;
        Positions = positions;
        Fault = fault;
    }

    /// <summary>The tokens of the text, without BOS.</summary>
    public ImmutableArray<int> Head { get; }

    /// <summary>The tokens of what follows.</summary>
    public ImmutableArray<int> Tail { get; }

    /// <summary>The slots' positions in <see cref="Head"/>.</summary>
    public ImmutableSortedDictionary<string, int> Positions { get; }

    /// <summary>Why the text cannot be used; empty if it can.</summary>
    public string Fault { get; }

    public static TokenizedText Of(Tokenizer tokenizer, PromptText text, string continuation)
    {
        ImmutableArray<EncodedToken> tokens = tokenizer.Encode(text.Text + continuation);
        int end = CodePoints.Count(text.Text);
        int head = tokens.Count(token => token.End <= end);
        var positions = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        string fault = head < tokens.Length && tokens[head].Start < end ? "the answer is not cut off from the text before it" : "";
        foreach (NamedSpan span in text.Spans)
        {
            int from = CodePoints.Count(text.Text.AsSpan(0, span.Start));
            int to = CodePoints.Count(text.Text.AsSpan(0, span.End));
            int[] covering = [.. Enumerable.Range(0, head).Where(index => tokens[index].Start < to && tokens[index].End > from)];
            if (covering.Length == 0)
            {
                fault = fault.Length > 0 ? fault : $"{span.Name} is no token";
            }
            else if (span.MaySpread)
            {
                positions.Add($"{span.Name}_FIRST", covering[0]);
                positions.Add($"{span.Name}_LAST", covering[^1]);
            }
            else
            {
                // One character before a word may belong to its token: the space, in newer vocabularies any punctuation.
                EncodedToken token = tokens[covering[^1]];
                fault = fault.Length > 0 ? fault
                    : covering.Length > 1 ? $"{span.Name} is several tokens"
                    : token.End != to || token.Start < from - 1 ? $"{span.Name} is not a token of its own"
                    : "";
                positions.Add(span.Name, covering[^1]);
            }
        }

        return new TokenizedText([.. tokens[..head].Select(token => token.Id)], [.. tokens[head..].Select(token => token.Id)], positions.ToImmutable(), fault);
    }
}
