using System.Collections.Immutable;

namespace CircuitSpecs.Analysis;

/// <summary>The strongest examples of each feature so far.</summary>
internal sealed class ExampleSearch
{
    private readonly int context;
    private readonly bool onePerDocument;
    private readonly bool skipFirst;
    private readonly int count;
    private readonly SortedDictionary<Place, ActivatingExample>[] best;
    private readonly Dictionary<int, Place>[] ofDocument;
    private readonly double[] floor; // what a value has to reach to be considered at all

    public ExampleSearch(int features, int count, int context, bool onePerDocument, bool skipFirst)
    {
        (this.count, this.context, this.onePerDocument, this.skipFirst) = (count, context, onePerDocument, skipFirst);
        best = [.. Enumerable.Range(0, features).Select(_ => new SortedDictionary<Place, ActivatingExample>())];
        ofDocument = [.. Enumerable.Range(0, features).Select(_ => new Dictionary<int, Place>())];
        floor = new double[features];
        Array.Fill(floor, double.NegativeInfinity);
    }

    /// <summary>Looks through a batch, [piece · length + position][feature].</summary>
    public void Add(IReadOnlyList<CorpusPiece> pieces, float[] values)
    {
        int features = best.Length;
        int length = pieces[0].Length;
        for (int row = 0; row < pieces.Count; row++)
        {
            for (int position = skipFirst ? 1 : 0; position < length; position++)
            {
                int start = ((row * length) + position) * features;
                for (int feature = 0; feature < features; feature++)
                {
                    if (values[start + feature] >= floor[feature])
                    {
                        Consider(feature, values[start + feature], pieces[row], position);
                    }
                }
            }
        }
    }

    public ImmutableArray<ImmutableArray<ActivatingExample>> Found() => [.. best.Select(examples => examples.Values.Reverse().ToImmutableArray())];

    private void Consider(int feature, double value, CorpusPiece piece, int offset)
    {
        var place = new Place(value, piece.Document, piece.Start + offset);
        SortedDictionary<Place, ActivatingExample> examples = best[feature];
        if (examples.Count == count && place.CompareTo(examples.First().Key) < 0)
        {
            return;
        }

        if (onePerDocument && ofDocument[feature].TryGetValue(place.Document, out Place earlier))
        {
            if (place.CompareTo(earlier) < 0)
            {
                return;
            }

            examples.Remove(earlier);
        }

        int first = Math.Max(0, place.Position - context);
        int end = Math.Min(piece.Whole.Count, place.Position + context + 1);
        examples[place] = new ActivatingExample(value, place.Document, place.Position, [.. Enumerable.Range(first, end - first).Select(index => piece.Whole[index])], place.Position - first);
        ofDocument[feature][place.Document] = place;
        if (examples.Count > count)
        {
            Place weakest = examples.First().Key;
            examples.Remove(weakest);
            ofDocument[feature].Remove(weakest.Document);
        }

        floor[feature] = examples.Count == count ? examples.First().Key.Value : double.NegativeInfinity;
    }

    /// <summary>Ordered from weak to strong; of equal strength the later in the corpus is the weaker.</summary>
    private readonly record struct Place(double Value, int Document, int Position) : IComparable<Place>
    {
        public int CompareTo(Place other) => Value != other.Value ? Value.CompareTo(other.Value)
            : Document != other.Document ? other.Document.CompareTo(Document)
            : other.Position.CompareTo(Position);
    }
}
