namespace CircuitSpecs.Tokenizers.Decoders;

/// <summary>Takes a character away from both ends of each spelling, so many times at most.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> spellings) => spellings.ConvertAll(spelling =>
    {
        int from = 0;
        int to = spelling.Length;
        while (from < to && from < start && spelling[from] == content)
        {
            from++;
        }

        while (to > from && spelling.Length - to < stop && spelling[to - 1] == content)
        {
            to--;
        }

        return spelling[from..to];
    });
}
