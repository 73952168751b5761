using System.Collections.Immutable;
using CircuitSpecs.Tokenizers;

namespace CircuitSpecs.Prompts;

/// <summary>A text with the answer that it asks for, as one draw of a family.</summary>
internal sealed record PromptQuestion
{
    public required PromptText Clean { get; init; }

    /// <summary>The twin: the same slots with other words.</summary>
    public PromptText? Corrupt { get; init; }

    /// <summary>What follows, with its space.</summary>
    public required string Answer { get; init; }

    public required string Foil { get; init; }

    public string Template { get; init; } = "";

    /// <summary>
    /// Whether answer and foil may be several tokens: then what both begin with goes into the prompt, and the first token in
    /// which they differ is asked for (95 against 94 in single digits: after the 9, the 5).
    /// </summary>
    public bool AsksFirstDifference { get; init; }

    /// <summary>Names of slots whose following position is named too, <c>S1+1</c>.</summary>
    public ImmutableArray<string> NamesNext { get; init; } = [];

    /// <summary>Cuts both texts into tokens.</summary>
    /// <returns>A prompt whose slots stand at the same positions in both; or why there is none.</returns>
    public Drawn ToPrompt(Tokenizer tokenizer)
    {
        TokenizedText clean = TokenizedText.Of(tokenizer, Clean, Answer);
        TokenizedText foil = TokenizedText.Of(tokenizer, Clean, Foil);
        string fault = clean.Fault.Length > 0 ? clean.Fault : foil.Fault;
        if (fault.Length > 0)
        {
            return fault;
        }

        if (Answer == Foil)
        {
            return PromptGenerator.AnswerEqualsFoil;
        }

        if (!clean.Head.SequenceEqual(foil.Head))
        {
            return "the text is cut otherwise before the foil than before the answer";
        }

        int common = 0;
        while (common < Math.Min(clean.Tail.Length, foil.Tail.Length) && clean.Tail[common] == foil.Tail[common])
        {
            common++;
        }

        int given = AsksFirstDifference || (common == 1 && string.IsNullOrWhiteSpace(tokenizer.TokenText(clean.Tail[0]))) ? common : 0;
        if (given == clean.Tail.Length || given == foil.Tail.Length)
        {
            return "answer and foil begin alike";
        }

        if (!AsksFirstDifference && clean.Tail.Length != given + 1)
        {
            return "the answer is several tokens";
        }

        if (!AsksFirstDifference && foil.Tail.Length != given + 1)
        {
            return "the foil is several tokens";
        }

        ImmutableArray<int>? twin = null;
        if (Corrupt is not null)
        {
            TokenizedText corrupt = TokenizedText.Of(tokenizer, Corrupt, Answer);
            if (corrupt.Fault.Length > 0)
            {
                return corrupt.Fault;
            }

            if (corrupt.Head.Length == clean.Head.Length && !corrupt.Positions.SequenceEqual(clean.Positions))
            {
                return "words of clean and corrupt stand at different positions";
            }

            twin = Whole(corrupt.Head);
        }

        int bos = tokenizer.BosToken is null ? 0 : 1;
        ImmutableArray<int> tokens = Whole(clean.Head);
        ImmutableSortedDictionary<string, int> positions = clean.Positions.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value + bos, StringComparer.Ordinal)
            .SetItems(NamesNext.Select(name => KeyValuePair.Create($"{name}+1", clean.Positions[name] + bos + 1)))
            .SetItem("END", tokens.Length - 1);
        return new Prompt
        {
            Tokens = tokens,
            Text = tokenizer.Decode(tokens.Skip(bos)),
            Answer = clean.Tail[given],
            Foil = foil.Tail[given],
            Corrupt = twin,
            Positions = positions,
            Template = Template,
        };

        ImmutableArray<int> Whole(ImmutableArray<int> head) => [.. tokenizer.BosToken is { } token ? [token] : ImmutableArray<int>.Empty, .. head, .. clean.Tail[..given]];
    }
}
